"""应入未入（第四条）: every child of the roster has an owner; nobody leaves the list by one hand alone."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from law import clock
from law.models import Term
from schools.models import Bureau, Division
from students.enrolments import sealed_number
from students.models import RosterChild, RosterEntry, Student
from students.roster import looking_after
from students.roster.matching import Result
from tests.county import LEGAL_DAY, id_number, make_school
from tests.students.rosters import BORN, VILLAGE, YEAR, catchment, listed, now, put_on_roster, row, village


@pytest.fixture
def registrar(staff, no1):
    return staff(Role.REGISTRAR, no1)


@pytest.fixture
def clerk(staff, bureau, no1):
    return staff(Role.BUREAU_CLERK, bureau)


@pytest.fixture
def checker(staff, bureau):
    return staff(Role.BUREAU_CHECKER, bureau)


@pytest.fixture
def child(bureau, no1):
    """A child of the first school's catchment that nobody has seen."""
    catchment(no1)
    return put_on_roster(bureau, ("样例童", 450))[0]


def enrolled(child_at, school, number, **columns) -> Student:
    """A child in school who holds this ID number."""
    student = child_at(school, grade=1, name="样例同")
    student.numbers.filter(kind="id").update(until=LEGAL_DAY)
    sealed_number(student, "id", number, LEGAL_DAY).save()
    Student.objects.filter(pk=student.pk).update(**columns)
    return Student.objects.get(pk=student.pk)


NUMBER = id_number(BORN, 450, "1")


def test_nobody_has_seen_it(child, no1):
    assert (now(child).result, now(child).owner_id) == (Result.DUE, no1.pk)


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("enrolled", Result.ENROLLED),
        ("suspended", Result.ENROLLED),
        ("pending", Result.PENDING),
        ("moved_away", Result.ELSEWHERE),
        ("deceased", Result.DECEASED),
        ("rejected", Result.DUE),
        ("deleted", Result.DUE),
    ],
)
def test_the_record_says_where_the_child_is(child, child_at, no2, status, result):
    enrolled(child_at, no2, NUMBER, status=status)
    assert now(child).result == result


def test_a_former_number_finds_the_child_too(child, child_at, no2):
    student = enrolled(child_at, no2, NUMBER)
    student.numbers.filter(kind="id", until=None).update(until=date(2026, 9, 16))
    sealed_number(student, "id", id_number(BORN, 451, "1"), date(2026, 9, 16)).save()
    assert (now(child).result, now(child).record_id) == (Result.ENROLLED, student.pk)


def test_a_merged_record_stands_for_its_survivor(child, child_at, no1, no2):
    survivor = child_at(no1, grade=1, name="样例存")
    enrolled(child_at, no2, NUMBER, status="merged", merged_into=survivor)
    assert (now(child).result, now(child).record_id) == (Result.ENROLLED, survivor.pk)


def test_a_record_of_another_county_is_elsewhere(child, child_at):
    abroad = Bureau.objects.create(name="凌源市教育局", division=Division.objects.get(code="211382"))
    enrolled(child_at, make_school(abroad, 21, "凌源一小", division="211382"), NUMBER)
    assert now(child).result == Result.ELSEWHERE


@pytest.mark.parametrize(
    ("birth", "result"),
    [
        (date(2020, 8, 30), Result.DUE),
        (date(2020, 8, 31), Result.DUE),
        (date(2020, 9, 1), Result.TOO_YOUNG),
    ],
)
def test_six_by_the_last_of_august(bureau, no1, birth, result):
    (young,) = listed(bureau, row("样例童", 450, birth=birth))
    assert now(young).result == result


@pytest.mark.parametrize(("day", "result"), [(31, Result.WAITING), (1, Result.DUE), (2, Result.DUE)])
def test_before_the_term_begins_nobody_is_missing(child, day, result):
    Term.objects.filter(year=YEAR, number=1).delete()
    with clock.at(date(2026, 8 if day == 31 else 9, day)):
        assert now(child).result == result


def test_the_announced_first_day_counts(child):
    Term.objects.update_or_create(year=YEAR, number=1, defaults={"starts": date(2026, 9, 7), "ends": date(2027, 1, 20)})
    with clock.at(date(2026, 9, 6)):
        assert now(child).result == Result.WAITING
    with clock.at(date(2026, 9, 7)):
        assert now(child).result == Result.DUE


def alike(child_at, school, child) -> Student:
    """A record of the same name, sex and birth under another number."""
    student = child_at(school, grade=1, name=child.name)
    Student.objects.filter(pk=student.pk).update(birth_date=child.birth_date, sex=child.sex)
    return student


def test_a_namesake_is_suspected_and_a_person_says_it_is_the_same(child, child_at, no2, registrar):
    student = alike(child_at, no2, child)
    assert (now(child).result, now(child).alike_id) == (Result.SUSPECT, student.pk)
    looking_after.identify(child, by=registrar, same=True)
    assert (now(child).result, now(child).record_id) == (Result.ENROLLED, student.pk)
    with pytest.raises(Refused):
        looking_after.identify(child, by=registrar, same=True)


def test_told_apart_the_child_is_missing_again_and_the_next_namesake_is_asked(child, child_at, no1, no2, registrar):
    first = alike(child_at, no2, child)
    looking_after.identify(child, by=registrar, same=False)
    assert now(child).result == Result.DUE
    assert RosterEntry.objects.get(kind="different").student == first
    second = alike(child_at, no1, child)
    assert now(child).alike_id == second.pk


def test_the_first_school_of_a_shared_catchment_unless_the_bureau_says_otherwise(child, no1, no2, clerk, registrar):
    catchment(no2)
    assert now(child).owner_id == no1.pk
    with pytest.raises(NotYourHand):
        looking_after.assign(child, by=registrar, school=no2)
    looking_after.assign(child, by=clerk, school=no2)
    assert now(child).owner_id == no2.pk
    assert not RosterChild.objects.visible_to(registrar).exists()


def test_without_a_catchment_the_bureau_owns_it(bureau, no1, clerk, registrar):
    (lost,) = put_on_roster(bureau, ("样例童", 450))
    assert now(lost).owner_id is None
    assert RosterChild.objects.visible_to(clerk).count() == 1
    assert not RosterChild.objects.visible_to(registrar).exists()


def test_a_closed_school_owns_nobody(child, no1, no2):
    catchment(no2)
    type(no1).objects.filter(pk=no1.pk).update(closed_on=date(2026, 9, 1))
    assert now(child).owner_id == no2.pk


def test_a_visit_is_written_down_and_never_rewritten(child, registrar, no2, staff):
    given = {"kind": "home", "on": LEGAL_DAY, "who": "李老师、村干部", "result": "随父母在沈阳"}
    looking_after.log(child, by=registrar, **given)
    with pytest.raises(Refused):
        looking_after.log(child, by=registrar, **given | {"on": date(2026, 9, 16)})
    with pytest.raises(NotYourHand):
        looking_after.log(child, by=staff(Role.REGISTRAR, no2), **given)
    with pytest.raises(NotYourHand):
        looking_after.log(child, by=staff(Role.HEADMASTER, child.assigned or registrar_school(registrar)), **given)
    with pytest.raises(DatabaseError), transaction.atomic():
        RosterEntry.objects.update(result="已入学")


def test_the_school_that_reported_does_not_send_its_report_back(child, registrar):
    looking_after.settle(child, by=registrar, settled="moved", note="准迁证3号")
    with pytest.raises(NotYourHand):
        looking_after.send_back(child, by=registrar, reason="另查")


def registrar_school(registrar):
    return registrar.appointments.get().school


def test_the_school_reports_and_only_the_bureau_ends_the_search(child, registrar, clerk):
    looking_after.settle(child, by=registrar, settled="elsewhere", note="在宁城县就读，在读证明2026-17号")
    assert now(child).result == Result.DUE, "one hand alone takes nobody off the list"
    with pytest.raises(NotYourHand):
        looking_after.accept(child, by=registrar)
    looking_after.accept(child, by=clerk)
    assert now(child).result == Result.ELSEWHERE


def test_whoever_reported_does_not_accept(child, clerk, checker):
    looking_after.settle(child, by=clerk, settled="moved", note="户口迁往赤峰，准迁证3号")
    with pytest.raises(NotYourHand):
        looking_after.accept(child, by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterChild.objects.filter(pk=child.pk).update(accepted_by=clerk, accepted_on=LEGAL_DAY)
    looking_after.accept(child, by=checker)
    assert now(child).result == Result.MOVED


def test_sent_back_with_a_reason_the_child_is_missing_again(child, registrar, clerk):
    looking_after.settle(child, by=registrar, settled="deceased", note="村委会口头")
    with pytest.raises(Refused):
        looking_after.send_back(child, by=clerk, reason=" ")
    looking_after.send_back(child, by=clerk, reason="须有死亡证明")
    assert (now(child).result, now(child).settled) == (Result.DUE, "")
    kinds = list(child.entries.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["settle", "back"]


def test_what_was_accepted_in_error_is_sent_back_too(child, registrar, clerk):
    looking_after.settle(child, by=registrar, settled="moved", note="准迁证3号")
    looking_after.accept(child, by=clerk)
    looking_after.send_back(child, by=clerk, reason="户口未迁")
    assert now(child).result == Result.DUE


def test_no_whereabouts_without_proof_and_none_for_a_child_in_school(child, child_at, no2, registrar):
    with pytest.raises(Refused):
        looking_after.settle(child, by=registrar, settled="moved", note=" ")
    enrolled(child_at, no2, NUMBER)
    with pytest.raises(Refused, match="已入学"):
        looking_after.settle(child, by=registrar, settled="moved", note="准迁证3号")


def test_the_list_and_the_page_of_the_owning_school(client, child, registrar, no2, staff):
    client.force_login(registrar)
    page = client.get(reverse("students:roster")).content.decode()
    assert child.name in page and "开学后第14天" in page and "导入名册" not in page
    body = {"act": "log", "kind": "home", "on": "2026-09-15", "who": "李老师", "result": "外出务工家庭"}
    assert client.post(child.get_absolute_url(), body).status_code == 302
    assert "外出务工家庭" in client.get(child.get_absolute_url()).content.decode()
    broken = client.post(child.get_absolute_url(), {"act": "settle", "settled": "moved", "note": ""})
    assert broken.status_code == 422
    assert client.post(child.get_absolute_url(), {"act": "assign", "school": no2.pk}).status_code == 403
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(child.get_absolute_url()).status_code == 404
    assert child.name not in client.get(reverse("students:roster")).content.decode()


def test_a_headmaster_is_turned_away_before_a_form_is_judged(client, child, no1, staff):
    client.force_login(staff(Role.HEADMASTER, no1))
    for act in ("log", "settle", "assign", "back"):
        assert client.post(child.get_absolute_url(), {"act": act}).status_code == 403, act


def test_the_bureau_sees_townships_and_owners_and_narrows(client, bureau, clerk, child, no1, no2):
    village("211322103201", "另村")
    client.force_login(clerk)
    url = reverse("students:roster")
    page = client.get(url).content.decode()
    assert "各乡镇、各责任单位" in page and no1.short_name in page
    assert "教育局经办</" in page and "township" not in page.partition("<main")[0], "the header says who serves here"
    assert f'value="{YEAR}" selected' in page
    assert child.name not in client.get(f"{url}?school={no2.pk}").content.decode()
    assert child.name not in client.get(f"{url}?township=211322103").content.decode()
    assert child.name in client.get(f"{url}?township={VILLAGE[:9]}&q=yangli").content.decode()
    assert child.name in client.get(f"{url}?q={NUMBER}&print=1").content.decode()
    assert child.name not in client.get(f"{url}?result=enrolled").content.decode()


def test_the_other_schools_record_is_named_without_a_way_in(client, child, child_at, no2, registrar):
    student = alike(child_at, no2, child)
    client.force_login(registrar)
    page = client.get(child.get_absolute_url()).content.decode()
    assert no2.name in page and student.slug not in page
