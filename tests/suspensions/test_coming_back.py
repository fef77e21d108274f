"""第二十二、二十三、二十六、二十九条: longer away, back in a class, the old record going on."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.services import perform
from law import clock
from schools.models import SeatGrant
from students.changes import start_change, verdict_on
from students.models import Enrolment, Placement, Student
from suspensions.models import Abroad, Custody, Extension, HomeFromAbroad, Release, Resumption, Suspension
from suspensions.periods import period_of, periods_of
from tests.changes import County, again, decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, hand_for, seats_of
from tests.suspensions.specimens import ONE_YEAR, abroad, in_custody, suspended
from transfers.services import start_transfer

LONGER = {"until": date(2028, 9, 14), "reason_note": "仍在治疗"}


@pytest.fixture
def county(bureau, no1, no2, no3, child_at, staff):
    return County(bureau, no1, no2, no3, child_at, staff)


@pytest.fixture
def child(county):
    return suspended(county)


def back(county, grade=3, **more):
    return {"back_on": clock.today(), "to_class": class_of(county.no1, grade), **more}


def filled_to_the_cap(school, grade):
    """No free seat is left in the grade or its class."""
    rows = seats_of(school, grade)._meta.model.objects.filter(school=school, grade=grade)
    for row in rows:
        rows.filter(pk=row.pk).update(used=row.capacity + row.granted)


def place_of(child):
    return Placement.objects.get(enrolment__student=child, ends=None)


def test_who_went_abroad_twice_is_abroad_by_the_second_decision(county):
    """The record looks as the first decision left it, and yet two others stand on it."""
    child = abroad(county)
    first = Abroad.objects.get(subjects__child=child)
    home = decided(drafted(HomeFromAbroad, child, **back(county)))
    second = decided(drafted(Abroad, again(child), left_on=clock.today(), country="日本"))
    with pytest.raises(Refused, match="又有变动"):
        undone(first)
    undone(second)
    with pytest.raises(Refused, match="又有变动"):
        undone(first)
    undone(home)
    assert undone(first).state == "undone" and again(child).status == "enrolled"


@pytest.mark.parametrize(("days", "word"), [(-1, "yes"), (0, "yes"), (1, "no")])
def test_an_extension_is_one_school_year_at_most(child, days, word):
    given = LONGER | {"until": LONGER["until"] + timedelta(days=days)}
    assert verdict_on(Extension, child, **given).word == word


@pytest.mark.parametrize(("days", "word"), [(0, "no"), (1, "yes")])
def test_an_extension_ends_later_than_the_suspension(child, days, word):
    given = LONGER | {"until": ONE_YEAR["until"] + timedelta(days=days)}
    assert verdict_on(Extension, child, **given).word == word


def test_a_third_year_is_impossible(child, staff, no1):
    """edge case 47"""
    decided(drafted(Extension, child, **LONGER))
    child = again(child)
    period = period_of(child)
    assert (child.status, period.until, period.extended) == ("suspended", date(2028, 9, 14), True)
    with pytest.raises(RulesBroken) as refusal:
        start_change(Extension, child, by=staff(Role.REGISTRAR, no1), until=date(2029, 9, 14), reason_note="仍在治疗")
    assert "已延长一次" in str(refusal.value) and "第二十二条" in str(refusal.value)


def test_an_undone_extension_leaves_the_first_end(child):
    undone(decided(drafted(Extension, child, **LONGER)))
    assert not period_of(again(child)).extended


def test_the_periods_of_many_children_are_one_query(county, django_assert_num_queries):
    children = [suspended(county), suspended(county), county.child_at(county.no1)]
    with django_assert_num_queries(1):
        found = periods_of(children)
    assert set(found) == {children[0].pk, children[1].pk}


def test_a_suspended_child_is_not_transferred(child, no2, staff):
    """edge case 1"""
    with pytest.raises(Refused) as refusal:
        start_transfer(child, no2, by=staff(Role.REGISTRAR, no2), ground="T4", grade=3)
    assert "休学" in str(refusal.value)


@pytest.mark.parametrize(("grade", "word"), [(1, "no"), (2, "yes"), (3, "yes"), (4, "no")])
def test_back_to_the_own_grade_or_one_lower(county, child, grade, word):
    """edge case 49"""
    assert verdict_on(Resumption, child, **back(county, grade)).word == word


def test_two_years_after_grade_six_the_last_grade_is_open(county):
    """edge case 49: the cohort has left the school, the child has not."""
    child = county.child_at(county.no1, grade=6)
    decided(drafted(Suspension, child, **ONE_YEAR))
    with clock.at(date(2027, 9, 15)):
        from schools.models import SchoolClass

        SchoolClass.objects.get_or_create(school=county.no1, stage="primary", cohort=2027, number=1)
        assert verdict_on(Resumption, again(child), **back(county, 6)).word == "yes"
        assert verdict_on(Resumption, again(child), **back(county, 5)).word == "no"


def test_a_class_of_another_school_is_refused(county, child, no2):
    given = {"back_on": LEGAL_DAY, "to_class": class_of(no2, 3)}
    assert verdict_on(Resumption, child, **given).word == "no"


@pytest.mark.parametrize(("days", "word"), [(-1, "no"), (0, "yes"), (1, "yes")])
def test_early_return_but_not_before_leaving(county, child, days, word):
    given = back(county, back_on=LEGAL_DAY + timedelta(days=days))
    assert verdict_on(Resumption, child, **given).word == word


@pytest.mark.parametrize(("ground", "asked"), [("illness", True), ("other", False)])
def test_a_proof_of_recovery_after_illness_only(county, ground, asked):
    case = drafted(Resumption, suspended(county, ground=ground), **back(county))
    assert case.materials.filter(code="recovery_proof", required=True).exists() == asked


def test_without_the_proof_it_is_not_handed_in(county, child):
    case = drafted(Resumption, child, **back(county))
    case.materials.filter(code="recovery_proof").update(state="missing", checked_by=None)
    with pytest.raises(RulesBroken, match="康复证明"):
        perform(case, "submit", by=hand_for(case, Role.REGISTRAR, "lead"))


def test_a_full_class_still_takes_the_child(county, child):
    """edge case 17"""
    filled_to_the_cap(county.no1, 3)
    case = decided(drafted(Resumption, child, **back(county)))
    grants = SeatGrant.objects.filter(case_number=case.number)
    assert again(child).status == "enrolled" and place_of(child).school_class == class_of(county.no1, 3)
    assert grants.count() == 2 and all("第二十三条" in grant.article for grant in grants)
    undone(case)
    assert again(child).status == "suspended" and not grants.filter(revoked=False).exists()


def test_the_end_of_a_suspension_does_nothing_by_itself(county, child, client, staff):
    """edge case 46: reminded from thirty days before, never acted upon."""
    client.force_login(staff(Role.REGISTRAR, county.no1))

    def listed(day, **chosen):
        with clock.at(day):
            return child.name in client.get(reverse("suspensions:due"), chosen).content.decode()

    end = ONE_YEAR["until"]
    assert [listed(end - timedelta(days=n)) for n in (31, 30, 0, -1)] == [False, True, True, True]
    assert listed(end, when="soon") and not listed(end, when="over")
    assert listed(end + timedelta(days=1), when="over") and not listed(end + timedelta(days=1), when="soon")
    with clock.at(end + timedelta(days=400)):
        assert again(child).status == "suspended"
        assert verdict_on(Extension, again(child), **LONGER).word == "yes"


def test_the_list_is_of_the_own_school(county, child, client, staff, bureau):
    Student.objects.filter(pk=child.pk).update(name="独一无二")
    with clock.at(ONE_YEAR["until"]):
        for role, place, seen in [
            (Role.REGISTRAR, county.no1, True),
            (Role.REGISTRAR, county.no3, False),
            (Role.BUREAU_CLERK, bureau, True),
        ]:
            client.force_login(staff(role, place))
            assert ("独一无二" in client.get(reverse("suspensions:due")).content.decode()) == seen
        assert "独一无二" not in client.get(reverse("suspensions:due"), {"school": county.no2.pk}).content.decode()
        assert "没有即将期满" in client.get(reverse("suspensions:due"), {"q": "查无此人"}).content.decode()


def test_home_from_abroad_the_old_record_goes_on(county):
    """edge case 53"""
    child = abroad(county)
    assert child.status == "abroad" and not Placement.objects.filter(enrolment__student=child, ends=None).exists()
    before = list(Enrolment.objects.filter(student=child).values_list("pk", flat=True))
    decided(drafted(HomeFromAbroad, child, **back(county)))
    assert again(child).status == "enrolled" and place_of(child).enrolment_id in before
    assert list(Enrolment.objects.filter(student=child).values_list("pk", flat=True)) == before
    assert Student.objects.count() == 1


def test_from_abroad_into_a_full_class_only_by_the_leader(county):
    child = abroad(county)
    filled_to_the_cap(county.no1, 3)
    assert verdict_on(HomeFromAbroad, child, **back(county)).word == "override"
    case = decided(drafted(HomeFromAbroad, child, exception_reason="同年级无其他班", **back(county)), until="propose")
    with pytest.raises(RulesBroken):
        perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    perform(case, "grant_exception", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="同意")
    assert SeatGrant.objects.filter(case_number=case.number).exists()


@pytest.mark.parametrize("outside", [False, True])
def test_a_young_offender_comes_home_seat_or_not(county, outside, staff):
    """edge case 58"""
    child = in_custody(county, **({"outside_school": "沈阳市某专门学校"} if outside else {}))
    assert child.status == "in_custody" and child.school == (county.no1 if outside else county.no2)
    filled_to_the_cap(county.no1, 3)
    with pytest.raises(NotYourHand):
        start_change(Release, child, by=staff(Role.REGISTRAR, county.no1), **back(county))
    case = decided(drafted(Release, child, **back(county)))
    child = again(child)
    assert (child.status, child.school) == ("enrolled", county.no1)
    assert place_of(child).school_class == class_of(county.no1, 3)
    assert SeatGrant.objects.filter(case_number=case.number, article="第二十九条").count() == 2


@pytest.mark.parametrize("named", ["none", "both", "own"])
def test_exactly_one_other_school_is_named(county, named):
    child = county.child_at(county.no1)
    given = {
        "none": {"to_school": None, "outside_school": ""},
        "both": {"to_school": county.no2, "outside_school": "某校"},
        "own": {"to_school": county.no1},
    }[named]
    assert verdict_on(Custody, child, **given).word == "no"
