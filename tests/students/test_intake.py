"""第六条第三款: a junior school takes the leavers of grade six over; no record is made anew, nobody lives twice."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from approvals.errors import ChildBusy, NotYourHand, Refused, RulesBroken
from approvals.services import perform
from law import clock
from law.models import Parameter
from schools.models import SchoolClass, Seats
from schools.seats import NoSeat
from students import enrolments
from students.journal import snapshot
from students.leavers.cohort import intake_due, last_places
from students.leavers.destination import LeaverDestination
from students.leavers.intake import dealt, expected_at, open_intake, take_in_outsider
from students.models import Enrolment, Grade7Intake, Look, Placement, Student
from students.pending import Origin
from tests.changes import again, decided, undone
from tests.county import class_of, id_number, make_school, papers_in_order, seats_of, staff_member
from tests.crowd import crowd
from tests.invariants import broken
from tests.leavers import leaver_maker
from tests.students.specimens_classes import another_class
from tests.students.specimens_intake import FIRST, drafted_intake, junior_school

OUTSIDE = Origin("150429", "宁城县实验小学", "2115000001")


@pytest.fixture
def leaver(child_at):
    return leaver_maker(child_at)


@pytest.fixture
def junior(bureau):
    return junior_school(bureau)


@pytest.fixture
def other(bureau):
    return junior_school(bureau, 62, "朱碌科中学", division="211322103")


def outsider(**more) -> dict:
    birth = date(2014, 3, 2)
    number = id_number(birth, 401, "2")
    basics = {"id_number": number, "registry_number": f"G{number}", "name": "样例外", "sex": "2", "birth_date": birth}
    return basics | {"id_type": "1"} | more


def leavers_of(year) -> set:
    return {place.enrolment.student for place in last_places(year)}


# ── who is a leaver ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_leavers_are_those_last_seen_in_grade_six_whatever_became_of_them(leaver, child_at, no1, no2):
    waiting, moved = leaver(no1), leaver(no1, name="样例乙", status="moved_away")
    leaver(no1, name="样例丙", status="deleted")
    child_at(no1, grade=6, name="样例丁")
    assert leavers_of(2026) == {waiting, moved}
    assert not leavers_of(2025)


def test_who_went_back_to_grade_five_is_no_leaver(leaver, no1):
    child = leaver(no1)
    Placement.objects.create(
        enrolment=child.enrolments.get(), school_class=class_of(no1, 6), year=2026, starts=date(2026, 9, 1)
    )
    assert not leavers_of(2026)


def test_a_child_that_changed_its_primary_school_in_grade_six_is_one_leaver_of_the_last(leaver, no1, no2):
    child = leaver(no1)
    enrolments.end([child], on=date(2026, 3, 9), case=drafted_case_of(child), how="转出")
    Placement.objects.filter(enrolment__student=child).update(ends=date(2026, 3, 9))
    second = Enrolment.objects.create(student=child, school=no2, during=(date(2026, 3, 9), None))
    place = SchoolClass.objects.create(school=no2, stage="primary", cohort=2020, number=1)
    Placement.objects.create(
        enrolment=second, school_class=place, year=2025, starts=date(2026, 3, 9), ends=date(2026, 7, 10)
    )
    assert [found.enrolment.school for found in last_places(2026)] == [no2]


def drafted_case_of(child):
    class Nobody:
        pk = None

    return Nobody


def test_a_leaver_is_expected_at_the_junior_school_of_its_township_until_the_bureau_says_otherwise(
    leaver, junior, other, no1, staff, bureau
):
    child, second = leaver(no1), leaver(no1, name="样例乙")
    assert set(expected_at(junior, 2026).values_list("enrolment__student", flat=True)) == {child.pk, second.pk}
    case = drafted_intake(junior, [second])
    LeaverDestination.objects.create(child=child, year=2026, school=other, why="decided", decided_by_id=case.pk)
    assert [place.enrolment.student for place in expected_at(other, 2026)] == [child]
    assert [place.enrolment.student for place in expected_at(junior, 2026)] == [second]


def test_a_nine_year_school_keeps_its_own(leaver, bureau, junior):
    nine = make_school(bureau, 63, "热水学校", "nine_year")
    child = leaver(nine)
    assert [place.enrolment.student for place in expected_at(nine, 2026)] == [child]
    assert not expected_at(junior, 2026)
    done = decided(drafted_intake(nine, [child]))
    assert done.state == "done"
    first, second = Enrolment.objects.filter(student=child).order_by("during")
    assert (first.during.upper, second.during.lower, second.school) == (FIRST, FIRST, nine)


# ── taken over ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_record_goes_on_at_the_junior_school(leaver, junior, no1):
    child = leaver(no1)
    number, count = child.registry_number.plain(), Student.objects.count()
    decided(drafted_intake(junior, [child]))
    child = again(child)
    before, after = Enrolment.objects.filter(student=child).order_by("during")
    assert (child.status, child.school, Student.objects.count()) == ("enrolled", junior, count)
    assert child.registry_number.plain() == number
    assert (before.school, before.during.upper, before.went_to) == (no1, FIRST, junior.name)
    assert (after.school, after.during.lower, after.came_from) == (junior, FIRST, no1.name)
    place = after.placements.get()
    assert (place.school_class, place.starts, place.year) == (class_of(junior, 7), FIRST, 2026)
    assert seats_of(junior, 7).used == 1
    assert Seats.objects.get(school_class=class_of(junior, 7), year=2026).used == 1


def test_undone_the_children_wait_at_the_primary_school_again(leaver, junior, no1):
    children = [leaver(no1), leaver(no1, name="样例乙")]
    before = snapshot([child.pk for child in children])
    undone(decided(drafted_intake(junior, children)))
    after = snapshot([child.pk for child in children])
    assert {key: after[key] for key in before} == before
    assert seats_of(junior, 7).used == 0
    assert decided(drafted_intake(junior, children)).state == "done"


@pytest.mark.parametrize(("begins_on", "fits"), [(date(2026, 8, 31), False), (FIRST, True), (date(2026, 9, 15), True)])
def test_the_day_of_intake_lies_in_the_school_year(leaver, junior, no1, begins_on, fits):
    if fits:
        assert drafted_intake(junior, [leaver(no1)], begins_on).begins_on == begins_on
        return
    with pytest.raises(RulesBroken, match="入学日期"):
        drafted_intake(junior, [leaver(no1)], begins_on)


def test_not_tomorrow(leaver, junior, no1):
    with pytest.raises(RulesBroken, match="入学日期"):
        drafted_intake(junior, [leaver(no1)], date(2026, 9, 16))


def test_twenty_days_from_the_start_of_term(db):
    assert intake_due(2026) == date(2026, 9, 21)
    Parameter.objects.create(
        code="intake.grade7_days", value=10, starts=date(2026, 9, 1), level="县", document="建教发〔2026〕9号"
    )
    assert intake_due(2026) == date(2026, 9, 11)


@pytest.mark.parametrize(("days", "due"), [(24, 28), (26, 28), (27, 28), (28, 29)])
def test_a_rest_day_carries_the_last_day_on(db, days, due):
    """中秋节 of 2026 is rested from Friday the 25th to Sunday the 27th."""
    Parameter.objects.create(
        code="intake.grade7_days", value=days, starts=date(2026, 9, 1), level="县", document="建教发〔2026〕9号"
    )
    assert intake_due(2026) == date(2026, 9, due)


@pytest.mark.parametrize(("day", "words"), [(20, "还剩1天"), (21, "今天到期"), (22, "已超期1天")])
def test_the_page_says_how_many_days_are_left(leaver, junior, no1, client, staff, day, words):
    with clock.at(date(2026, 9, day)):
        case = drafted_intake(junior, [leaver(no1)])
        client.force_login(staff(Role.REGISTRAR, junior))
        assert words in client.get(case.get_absolute_url()).content.decode()


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_school_learns_who_has_the_child(leaver, junior, other, no1):
    child = leaver(no1)
    drafted_intake(junior, [child])
    with pytest.raises(ChildBusy, match="叶柏寿中学"):
        drafted_intake(other, [child])


def test_a_child_taken_over_is_not_taken_over_again(leaver, junior, other, no1):
    child = leaver(no1)
    decided(drafted_intake(junior, [child]))
    with pytest.raises(RulesBroken, match="已由叶柏寿中学接收.*第七条"):
        drafted_intake(other, [child])


def test_a_child_in_grade_six_is_not_taken_over(child_at, junior, no1):
    with pytest.raises(Refused, match="至少勾选一名"):
        drafted_intake(junior, [child_at(no1, grade=6)])


@pytest.mark.parametrize("status", ["suspended", "dropped_out", "moved_away", "deceased", "abroad"])
def test_only_who_waits_is_taken_over(leaver, junior, no1, status):
    with pytest.raises(RulesBroken, match="已不是待升学的毕业生"):
        drafted_intake(junior, [leaver(no1, status=status)])


def test_the_assignment_binds(leaver, junior, other, no1):
    child, second = leaver(no1), leaver(no1, name="样例乙")
    case = drafted_intake(junior, [second])
    LeaverDestination.objects.create(child=child, year=2026, school=other, why="decided", decided_by_id=case.pk)
    with pytest.raises(RulesBroken, match="样例甲（朱碌科中学）.*第四条"):
        drafted_intake(junior, [child])


@pytest.mark.parametrize(("free", "fits"), [(1, False), (2, True), (3, True)])
def test_the_plan_is_held(leaver, junior, no1, free, fits):
    Seats.objects.of_grade(junior, 2026, 7).update(capacity=free)
    children = [leaver(no1), leaver(no1, name="样例乙")]
    if fits:
        assert decided(drafted_intake(junior, children)).state == "done"
        return
    with pytest.raises(RulesBroken, match="七年级拟收2人，计划空余1.*第八条"):
        drafted_intake(junior, children)


def test_the_cap_of_a_class_is_held_by_the_ledger_too(leaver, junior, no1, monkeypatch):
    children = [leaver(no1), leaver(no1, name="样例乙")]
    case = decided(drafted_intake(junior, children), until="propose")
    Seats.objects.filter(school_class=class_of(junior, 7), year=2026).update(capacity=1)
    with pytest.raises(RulesBroken, match="七年级1班拟编2人，空余1"):
        decided_last(case)
    monkeypatch.setattr("students.leavers.taking_over.crowded", lambda *_: [])
    with pytest.raises(NoSeat):
        decided_last(case)
    assert {again(child).status for child in children} == {"leaver"}


def decided_last(case):
    from tests.county import hand_for

    return perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


def test_a_class_of_another_school_is_refused(leaver, junior, other, no1, staff):
    child = leaver(no1)
    with pytest.raises(RulesBroken, match="不是本校七年级的在办班级"):
        open_intake(junior, {child.pk: class_of(other, 7)}, by=staff(Role.REGISTRAR, junior))


def test_only_the_registrar_of_the_junior_school_begins(leaver, junior, no1, no3, staff):
    child = leaver(no1)
    for person in (staff(Role.REGISTRAR, no1), staff(Role.REGISTRAR, no3), staff(Role.HEADMASTER, junior)):
        with pytest.raises(NotYourHand):
            open_intake(junior, {child.pk: class_of(junior, 7)}, by=person)


def test_the_database_lets_nobody_live_at_two_schools(leaver, junior, no1):
    child = leaver(no1)
    decided(drafted_intake(junior, [child]))
    with pytest.raises(IntegrityError, match="one_enrolment_at_any_instant"), transaction.atomic():
        Enrolment.objects.create(student=child, school=no1, during=(date(2026, 9, 3), None))


# ── many ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_statements_do_not_grow_with_the_children(leaver, junior, no1):
    def asked(number):
        case = decided(drafted_intake(junior, [leaver(no1, name=f"样例{n}") for n in range(number)]), until="propose")
        with CaptureQueriesContext(connection) as found:
            decided_last(case)
        return len(found.captured_queries)

    asked(2)
    assert asked(3) == asked(12)


def test_a_balanced_proposal_fills_all_classes(leaver, junior, no1):
    SchoolClass.objects.create(school=junior, stage="junior", cohort=2026, number=2)
    Seats.objects.filter(school=junior).delete()
    children = [leaver(no1, name=f"样例{n}", sex="12"[n % 2]) for n in range(8)]
    seated = dealt(children, junior, seed=2026)
    assert seated == dealt(children[::-1], junior, seed=2026)
    counts = [sum(each.number == number for each in seated.values()) for number in (1, 2)]
    assert counts == [4, 4]


@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_schools_takes_one_child_once(child_at, bureau, no1, staff):
    child = leaver_maker(child_at)(no1)
    schools = [junior_school(bureau, 70 + n, f"第{n}中学") for n in range(6)]
    people = [(school, staff(Role.REGISTRAR, school), class_of(school, 7)) for school in schools]

    def take(school, person, to_class):
        def act():
            with clock.at(date(2026, 9, 15)):
                open_intake(school, {child.pk: to_class}, by=person)

        return act

    said = crowd([take(*each) for each in people])
    assert said == {"done": 1, "ChildBusy": 5}
    assert Grade7Intake.objects.count() == 1


# ── from outside the county ──────────────────────────────────────────────────────────────────────────────────────────


def taken_in(junior, staff, origin=OUTSIDE, **more):
    registrar = staff(Role.REGISTRAR, junior)
    case = take_in_outsider(junior, class_of(junior, 7), by=registrar, basics=outsider(**more), origin=origin)
    from tests.county import papers_in_order

    papers_in_order(case, registrar)
    return case


def test_a_leaver_of_another_county_goes_on_under_its_number(junior, staff):
    case = taken_in(junior, staff)
    assert case.child.status == "pending"
    child = again(decided(case).child)
    assert (child.status, child.registry_number.plain()[0]) == ("enrolled", "G")
    assert child.enrolments.get().came_from == "宁城县实验小学"
    row = case.rows.get()
    assert (row.from_division, row.from_code, row.from_school) == ("150429", "2115000001", None)


def test_without_its_primary_record_nobody_is_taken_in(junior, staff):
    with pytest.raises(Refused, match="原小学的学籍号"):
        taken_in(junior, staff, registry_number="")
    assert not Student.objects.filter(name="样例外").exists()


def test_a_leaver_of_the_county_is_no_outsider(leaver, junior, no1, staff):
    child = leaver(no1, name="样例外", sex="2")
    same = {"id_number": child.id_number.plain(), "birth_date": child.birth_date}
    with pytest.raises(Refused, match="第一小学的毕业生"):
        taken_in(junior, staff, **same)
    with pytest.raises(Refused, match="毕业小学在本县"):
        taken_in(junior, staff, origin=Origin("211322", "建平县第一小学"))


def test_who_came_from_outside_is_not_created_twice(junior, other, staff):
    taken_in(junior, staff)
    with pytest.raises(Refused, match="样例外在建平县叶柏寿中学建有学籍"):
        taken_in(other, staff)
    assert Student.objects.filter(name="样例外").count() == 1


def test_refused_the_newcomer_leaves_the_pending_list(junior, staff):
    case = taken_in(junior, staff)
    perform(case, "withdraw", by=staff(Role.REGISTRAR, junior), opinion="家长改变主意")
    assert again(case.child).status == "rejected"
    assert taken_in(junior, staff).child.status == "pending"


def test_only_the_registrar_of_the_junior_school_takes_an_outsider_in(junior, other, staff):
    known = taken_in(junior, staff).child
    before = Look.objects.count()
    for role, place in [(Role.HEADMASTER, junior), (Role.REGISTRAR, other)]:
        with pytest.raises(Refused) as refused:
            take_in_outsider(junior, class_of(junior, 7), by=staff(role, place), basics=outsider(), origin=OUTSIDE)
        assert refused.type is NotYourHand and known.name not in str(refused.value)
    assert Look.objects.count() == before, "a stranger to the work looks nobody up"


def test_the_primary_record_is_asked_for_as_a_paper(junior, staff):
    case = take_in_outsider(
        junior, class_of(junior, 7), by=staff(Role.REGISTRAR, junior), basics=outsider(), origin=OUTSIDE
    )
    with pytest.raises(RulesBroken, match="原小学学籍证明"):
        perform(case, "submit", by=staff(Role.REGISTRAR, junior))


def test_nobody_is_dealt_into_a_class_taught_at_home_or_a_special_one(leaver, junior, no1):
    another_class(junior, 7, kind="home")
    another_class(junior, 7, kind="special")
    children = [leaver(no1, name=f"样例{n}") for n in range(3)]
    assert set(dealt(children, junior, seed=1).values()) == {class_of(junior, 7)}


def test_whoever_is_taken_over_to_be_taught_at_home_takes_no_seat_of_the_grade(leaver, junior, no1):
    """第七条: no seat is asked of the plan, and none is used."""
    at_home = another_class(junior, 7, kind="home")
    Seats.objects.filter(school=junior, grade=7, school_class=None).update(capacity=0)
    child = leaver(no1, disability="1")
    case = open_intake(junior, {child.pk: at_home}, by=staff_member(Role.REGISTRAR, junior))
    assert "残疾人证" in case.materials.get().label
    papers_in_order(case, staff_member(Role.REGISTRAR, junior))
    decided(case)
    assert (seats_of(junior, 7).used, Seats.objects.get(school_class=at_home).used) == (0, 1)
    assert broken() == []
