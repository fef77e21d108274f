"""第四条: leavers go to a junior school by catchment, else by township; the bureau decides, and may decide again."""

from collections import Counter
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.services import perform
from law import clock
from schools.models import Catchment, Division, School, Seats
from students.leavers import plan
from students.leavers.assigning import dry_run, keep_assignment, open_assignment
from students.leavers.intake import expected_at
from students.models import Assignment, LeaverDestination, Student
from tests.changes import decided, undone
from tests.county import child_maker, hand_for, make_school
from tests.leavers import cohort_of_leavers, leaver_maker
from tests.students.specimens_intake import drafted_intake, junior_school
from tests.students.year_lists import graduated


@pytest.fixture
def leaver(child_at):
    return leaver_maker(child_at)


@pytest.fixture
def junior(bureau):
    return junior_school(bureau)


@pytest.fixture
def other(bureau):
    return junior_school(bureau, 62, "朱碌科中学", division="211322103")


@pytest.fixture
def village(bureau):
    """A village of the first township, mapped to the junior school of another."""
    township = Division.objects.get(code="211322101")
    return Division.objects.create(code="211322101201", name="北老爷庙村", kind="村（社区）", parent=township)


def mapped_to(village, *schools):
    for school in schools:
        Catchment.objects.create(
            community=village, school=school, year=2026, stage="junior", document="建教发〔2026〕8号"
        )


def proposal(bureau) -> dict:
    return {each.child.name: (each.school, str(each.why)) for each in dry_run(bureau, 2026)}


def drafted(school, staff):
    return open_assignment(school, by=staff(Role.BUREAU_CLERK, school.bureau))


def living(child):
    return LeaverDestination.objects.get(child=child, year=2026, ended_by=None).school


# ── the proposal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_catchment_first_then_township_then_the_bureau(leaver, junior, other, no1, no3, village, bureau):
    mapped_to(village, other)
    leaver(no1, name="样例户", household_division="211322101201")
    leaver(no1, name="样例址", home_address="建平县北老爷庙村三组")
    leaver(no1, name="样例乡")
    leaver(no3, name="样例无")
    assert proposal(bureau) == {
        "样例户": (other.pk, "catchment"),
        "样例址": (other.pk, "catchment"),
        "样例乡": (junior.pk, "township"),
        "样例无": (None, "decided"),
    }


def test_of_two_schools_of_a_village_the_township_s_own_is_taken(leaver, junior, other, no1, village, bureau):
    mapped_to(village, junior, other)
    leaver(no1, household_division="211322101201")
    assert proposal(bureau) == {"样例甲": (junior.pk, "catchment")}


def test_a_nine_year_school_keeps_its_own_leavers(leaver, junior, other, village, bureau):
    nine = make_school(bureau, 63, "热水学校", School.Kind.NINE_YEAR)
    mapped_to(village, other)
    leaver(nine, household_division="211322101201")
    assert proposal(bureau) == {"样例甲": (nine.pk, "own")}


def test_the_dry_run_costs_the_same_for_any_number(junior, no1, bureau):
    def asked(first, count):
        cohort_of_leavers([no1], count, first=first)
        with CaptureQueriesContext(connection) as found:
            dry_run(bureau, 2026)
        return len(found)

    assert asked(0, 3) == asked(3, 40) <= 4


# ── the decision ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_decision_writes_one_destination_each(leaver, junior, other, no1, staff):
    first, second = leaver(no1), leaver(no1, name="样例乙")
    case = drafted(no1, staff)
    keep_assignment(case, {case.rows.get(child=second).pk: other.pk}, by=staff(Role.BUREAU_CLERK, no1.bureau))
    assert not LeaverDestination.objects.exists()
    assert decided(case).state == "done"
    assert (living(first), living(second)) == (junior, other)
    assert LeaverDestination.objects.get(child=second).why == "decided"
    assert [place.enrolment.student for place in expected_at(other, 2026)] == [second]


def test_decided_again_the_former_is_kept_and_ended(leaver, junior, other, no1, staff):
    child = leaver(no1)
    decided(drafted(no1, staff))
    case = drafted(no1, staff)
    keep_assignment(case, {case.rows.get().pk: other.pk}, by=staff(Role.BUREAU_CLERK, no1.bureau))
    case = decided(case)
    assert living(child) == other and LeaverDestination.objects.filter(child=child).count() == 2
    undone(case)
    assert living(child) == junior


def test_undone_nobody_is_assigned(leaver, junior, no1, staff):
    leaver(no1)
    undone(decided(drafted(no1, staff)))
    assert not LeaverDestination.objects.filter(ended_by=None).exists()


def test_not_undone_under_a_child_already_taken_over(leaver, junior, no1, staff):
    child = leaver(no1)
    case = decided(drafted(no1, staff))
    decided(drafted_intake(junior, [child]))
    with pytest.raises(Refused, match="样例甲.*第三十八条"):
        undone(case)
    assert living(child) == junior


def test_by_junior_school_the_list_is_whom_the_proposal_brings(leaver, junior, no1, no2, bureau, staff):
    near = make_school(bureau, 64, "镇二小")
    leaver(no1, name="样例一"), leaver(near, name="样例二"), leaver(no2, name="样例远")
    assert set(drafted(junior, staff).rows.values_list("child__name", flat=True)) == {"样例一", "样例二"}


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_has_no_school_stands_in_the_way(leaver, no3, staff):
    leaver(no3)
    with pytest.raises(RulesBroken, match="还没有定初中：样例甲（第四条）"):
        decided(drafted(no3, staff))


@pytest.mark.parametrize(("planned", "fits"), [(1, False), (2, True), (3, True)])
def test_the_plan_is_held(leaver, junior, no1, staff, planned, fits):
    leaver(no1), leaver(no1, name="样例乙")
    Seats.objects.of_grade(junior, 2026, 7).update(capacity=planned)
    case = drafted(no1, staff)
    if fits:
        assert decided(case).state == "done"
        return
    with pytest.raises(RulesBroken, match="叶柏寿中学计划余1，本件分配2名.*第八条"):
        decided(case)


def test_those_assigned_before_count_against_the_plan(leaver, junior, no1, bureau, staff):
    near = make_school(bureau, 64, "镇二小")
    leaver(no1), leaver(near, name="样例乙")
    Seats.objects.of_grade(junior, 2026, 7).update(capacity=1)
    decided(drafted(no1, staff))
    (line,) = plan.lines(2026, [junior], proposed=Counter({junior.pk: 1}))
    assert (line.planned, line.used, line.assigned, line.left) == (1, 0, 1, -1)
    with pytest.raises(RulesBroken, match="计划余0，本件分配1名"):
        decided(drafted(near, staff))


def test_whoever_is_taken_over_meanwhile_is_named(leaver, junior, no1, staff):
    child = leaver(no1)
    case = drafted(no1, staff)
    decided(drafted_intake(junior, [child]))
    with pytest.raises(RulesBroken, match="样例甲（已由叶柏寿中学接收）"):
        decided(case)


def test_one_list_of_a_school_at_a_time(leaver, junior, no1, staff):
    leaver(no1)
    case = drafted(no1, staff)
    with pytest.raises(Refused, match=case.number):
        drafted(no1, staff)


def test_nobody_waits(no1, staff):
    with pytest.raises(Refused, match="没有待分配的毕业生"):
        drafted(no1, staff)


def test_only_the_bureau_s_two_hands(leaver, junior, no1, staff, bureau):
    leaver(no1)
    with pytest.raises(NotYourHand):
        open_assignment(no1, by=staff(Role.REGISTRAR, no1))
    case = drafted(no1, staff)
    for person in (staff(Role.REGISTRAR, no1), staff(Role.HEADMASTER, junior), staff(Role.BUREAU_CHECKER, bureau)):
        with pytest.raises(NotYourHand):
            perform(case, "submit", by=person)
    case = decided(case, until="submit")
    with pytest.raises(NotYourHand):
        perform(case, "approve", by=staff(Role.BUREAU_CLERK, bureau))
    assert perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau")).state == "done"


def test_the_database_keeps_one_living_destination_and_what_was_decided(leaver, junior, other, no1, staff):
    child = leaver(no1)
    case = decided(drafted(no1, staff))
    with pytest.raises(IntegrityError, match="one_destination"), transaction.atomic():
        LeaverDestination.objects.create(child=child, year=2026, school=other, why="decided", decided_by_id=case.pk)
    for act in (
        lambda: LeaverDestination.objects.update(school=other),
        lambda: LeaverDestination.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="keeps what was decided"), transaction.atomic():
            act()


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_the_dry_run_to_the_hand_in(leaver, junior, other, no1, client, staff, bureau):
    child = leaver(no1)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    page = client.get(reverse("students:assignment")).content.decode()
    assert "第一小学" in page and "叶柏寿中学" in page
    answer = client.post(reverse("students:assignment"), {"school": no1.pk})
    case = Assignment.objects.get()
    assert answer.url == reverse("students:assignment_draft", args=[case.number])
    assert child.name in client.get(answer.url).content.decode()
    assert client.post(answer.url, {f"r{case.rows.get().pk}": "99"}).status_code == 422
    assert client.post(answer.url, {f"r{case.rows.get().pk}": other.pk}).url == case.get_absolute_url()
    assert "教育局指定" in client.get(case.get_absolute_url()).content.decode()
    assert client.post(reverse("students:assignment"), {"school": no1.pk}).status_code == 422


@pytest.mark.parametrize("wanted", ["0", "x", "²", "9" * 30])
def test_an_unknown_school_is_not_found(client, staff, bureau, no1, wanted):
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert client.post(reverse("students:assignment"), {"school": wanted}).status_code == 404


def test_schools_do_not_assign(client, staff, no1, leaver):
    leaver(no1)
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(reverse("students:assignment")).status_code == 403
    assert Student.objects.filter(status="leaver").count() == 1


def test_leavers_are_assigned_in_the_summer_before_they_begin(bureau, staff):
    """Graduated in July, assigned in August: for the school year that begins in September."""
    with clock.at(date(2027, 6, 20)):
        primary, junior = make_school(bureau, 1, "第一小学"), junior_school(bureau)
        child = child_maker()(primary, grade=6, name="样例夏")
    graduated(primary, on=date(2027, 7, 10))
    with clock.at(date(2027, 8, 12)):
        decided(drafted(primary, staff))
    destination = LeaverDestination.objects.get(child=child)
    assert (destination.year, destination.school) == (2027, junior)
