"""疑似重复: what makes two records one child is found and explained; twins are not; a decision is asked for once."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from reports.seeding.county import seed_size
from students import enrolments
from students.duplicates import services
from students.duplicates.finding import find
from students.duplicates.scoring import neighbours_swapped, one_apart
from students.models import Likeness, LikenessRuling, Student, StudentNumber
from tests.county import id_number
from tests.students.planted_pairs import KINDS, plant
from tests.students.specimens_problems import found_pair, without_id


def alike(child_at, *schools, **changes):
    """Two records of one name, sex and birthday, the second without an ID number and with these changes."""
    one, two = [child_at(school, name="样例同行") for school in schools]
    Student.objects.filter(pk=two.pk).update(**{"birth_date": one.birth_date} | changes)
    return one, without_id(Student.objects.get(pk=two.pk))


@pytest.fixture
def pair(child_at, no1, no2):
    one, two = alike(child_at, no1, no2, name="样例同行", birth_date=date(2018, 3, 2))
    Student.objects.filter(pk=one.pk).update(birth_date=date(2018, 2, 3))
    find()
    return Likeness.objects.get(child=one, other=two)


def test_an_ordinary_county_has_no_pair_and_twins_are_two_people(child_at, no1, no2):
    one, two = (
        child_at(no1, name="样例双甲", home_address="某村一组"),
        child_at(no1, name="样例双乙", home_address="某村一组"),
    )
    Student.objects.update(birth_date=one.birth_date, phone="13800000000")
    for child, order in ((one, 51), (two, 52)):
        StudentNumber.objects.filter(student=child, kind="id").delete()
        enrolments.sealed_number(child, "id", id_number(one.birth_date, order, "1"), date(2024, 9, 1)).save()
    assert find() == {"pairs": 0, "new": 0, "ended": 0, "open": 0}


def test_every_planted_pair_is_found_with_few_false_alarms(db):
    seed_size(2_500, 12)
    before = find()["pairs"]
    planted = plant(6)
    find()
    found = set(Likeness.objects.filter(state="open").values_list("child", "other"))
    missed = {pair: kind for pair, kind in planted.items() if pair not in found}
    assert not missed, missed
    assert len(planted) == 6 * len(KINDS)
    false = found - planted.keys()
    assert before <= 1 and len(false) <= 2, list(
        Likeness.objects.filter(child__in=[c for c, _ in false]).values("signs")
    )


def test_what_is_a_problem_already_is_left_to_it(child_at, no1, no2):
    found_pair(child_at, no1, no2)
    assert find()["pairs"] == 0


def test_why_is_told_in_words(pair):
    assert pair.signs == ["姓名相同", "出生的月和日对调", "样例同行没有登记居民身份证号"]
    assert pair.score >= 70


def test_a_decision_is_kept_until_a_fact_changes(pair, staff, bureau, no1):
    with pytest.raises(NotYourHand):
        services.decide(pair, same=False, ground="两本户口簿", by=staff(Role.REGISTRAR, no1))
    clerk = staff(Role.BUREAU_CLERK, bureau)
    with pytest.raises(Refused, match="依据"):
        services.decide(pair, same=False, ground=" ", by=clerk)
    services.decide(pair, same=False, ground="两本户口簿", by=clerk)
    with pytest.raises(Refused, match="不是同一人"):
        services.decide(pair, same=True, ground="电话", by=clerk)
    Student.objects.filter(pk=pair.child_id).update(phone="13900000000")
    assert find()["open"] == 0 and LikenessRuling.objects.count() == 1
    Student.objects.filter(pk=pair.child_id).update(former_name="样例旧名")
    assert find()["open"] == 1


def test_a_pair_that_is_no_longer_alike_ends_and_may_come_back(pair):
    Student.objects.filter(pk=pair.other_id).update(birth_date=date(2015, 7, 9))
    assert find()["ended"] == 1
    Student.objects.filter(pk=pair.other_id).update(birth_date=date(2018, 3, 2))
    assert find() == {"pairs": 1, "new": 0, "ended": 0, "open": 1}
    assert Likeness.objects.count() == 1


def test_the_same_child_leads_to_the_merge(client, pair, staff, bureau, no1, no3):
    clerk = staff(Role.BUREAU_CLERK, bureau)
    client.force_login(clerk)
    page = client.get("/duplicates/").content.decode()
    assert "样例同行、样例同行" in page and "出生的月和日对调" in page
    client.post(pair.get_absolute_url(), {"same": "yes", "ground": "电话核实"})
    shown = client.get(pair.get_absolute_url()).content.decode()
    assert f"/students/{pair.child.slug}/changes/merge/?partner={pair.other.slug}" in shown
    client.force_login(staff(Role.REGISTRAR, no3))
    assert client.get(pair.get_absolute_url()).status_code == 404
    client.force_login(staff(Role.REGISTRAR, no1))
    seen = client.get(pair.get_absolute_url()).content.decode()
    assert "样＊＊＊" in seen and client.post(pair.get_absolute_url(), {}).status_code == 403


def test_digits_one_apart_and_neighbours_swapped():
    assert one_apart("20180101", "20180102") and not one_apart("20180101", "20180112")
    assert neighbours_swapped("1234", "1324") and not neighbours_swapped("1234", "1243"[::-1])
