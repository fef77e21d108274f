"""分班: dealt evenly by a drawn number, changed by hand, decided by two people of the school; 调班 one by one."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.services import perform
from students.classing import services
from students.classing.balance import propose
from students.classing.seating import newcomer, rooms_of, waiting_at
from students.models import ClassMove, Placement, PlacingRow, Student
from suspensions.models import Suspension
from tests.changes import decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, seats_of
from tests.invariants import broken
from tests.students.specimens_classes import another_class, drafted_home_move, drafted_placing, drafted_plan, newcomers


def sitting(school, grade=1):
    rows = Placement.objects.filter(school_class__school=school, ends=None, enrolment__voided=False)
    return Counter(rows.filter(school_class__cohort=2026 - grade + 1).values_list("school_class__number", flat=True))


@pytest.fixture
def grade(no1):
    """Two classes, twenty newcomers, ten boys and ten girls; every fifth a migrant child."""
    another_class(no1, 1)
    children = newcomers(no1, 20)
    Student.objects.filter(pk__in=[c.pk for c in children[::5]]).update(migrant_child=True)
    Student.objects.filter(pk__in=[children[1].pk, children[4].pk]).update(inclusive_education="3")
    return children


def test_everybody_sits_evenly_after_the_second_signature(no1, grade):
    case = drafted_placing(no1)
    assert sitting(no1) == {} and case.number.startswith("分")
    done = decided(case)
    assert sitting(no1) == {1: 10, 2: 10}
    for where in ({"sex": "1"}, {"sex": "2"}, {"migrant_child": True}, {"inclusive_education": "3"}):
        halves = Counter(
            Placement.objects.filter(
                ends=None, **{f"enrolment__student__{k}": v for k, v in where.items()}
            ).values_list("school_class", flat=True)
        )
        assert max(halves.values()) - min(halves.values()) <= 1 and len(halves) == 2
    row = seats_of(no1, 1)
    assert (row.used, row.capacity) == (20, 110)
    assert done.steps.get(action="approve").particulars == {"seed": "7", "count": "20"}
    assert broken() == []


def test_the_seed_on_the_page_gives_the_same_list_to_anybody(no1, grade):
    case = drafted_placing(no1, seed=31)
    again = propose(
        [newcomer(c) for c in Student.objects.filter(pk__in=[c.pk for c in grade])], rooms_of(no1.pk, 1, 2026), 31
    )
    assert dict(case.rows.values_list("child", "school_class")) == again


def test_the_registrar_moves_swaps_and_draws_anew(no1, grade, staff):
    registrar = staff(Role.REGISTRAR, no1)
    case = drafted_placing(no1)
    one, other = class_of(no1, 1), no1.classes.get(cohort=2026, number=2)
    first, second = (case.rows.filter(school_class=c).first() for c in (one, other))
    services.swap(case, first.child_id, second.child_id, by=registrar)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.school_class, second.school_class, first.by_hand) == (other, one, True)
    assert services.assign(case, {first.child_id: None, second.child_id: one.pk}, by=registrar) == 1
    with pytest.raises(Refused, match="两个不同班级"):
        services.swap(case, second.child_id, second.child_id, by=registrar)
    with pytest.raises(Refused, match="不是一年级现有的班级"):
        services.assign(case, {second.child_id: class_of(no1, 2).pk}, by=registrar)
    services.redraw(case, 99, by=registrar)
    assert PlacingRow.objects.filter(case=case, by_hand=True).count() == 1  # who waits goes on waiting
    done = decided(case)
    assert sum(sitting(no1).values()) == 19 and waiting_at(no1, 2026).by_grade[1] == [first.child]
    with pytest.raises(Refused, match="名单不能再改"):
        services.assign(done, {second.child_id: None}, by=registrar)


def test_class_and_plan_are_held(no1, grade, staff):
    decided(drafted_plan(no1, [(1, 2, 10)]))
    case = drafted_placing(no1)
    row = case.rows.filter(school_class__number=1).first()
    services.assign(case, {row.child_id: no1.classes.get(cohort=2026, number=2).pk}, by=staff(Role.REGISTRAR, no1))
    with pytest.raises(RulesBroken, match="一年级2班拟编入11人，空余10个学位"):
        decided(case)


@pytest.mark.parametrize(("size", "lawful"), [(9, False), (10, True)])
def test_a_proposal_needs_seats_for_all(no1, grade, size, lawful):
    decided(drafted_plan(no1, [(1, 2, size)]))
    if lawful:
        assert drafted_placing(no1).rows.count() == 20
        return
    with pytest.raises(Refused, match="待编20人，2个班空余18个学位，还差2个"):
        drafted_placing(no1)


def test_who_came_into_a_class_or_left_meanwhile_is_named(no1, grade, staff):
    case = decided(drafted_placing(no1), until="submit")
    gone = case.rows.first().child
    Student.objects.filter(pk=gone.pk).update(status="suspended")
    with pytest.raises(RulesBroken, match=f"{gone.name}已经编班，或者不再是本校在读学生"):
        perform(case, "approve", by=staff(Role.HEADMASTER, no1))
    assert sitting(no1) == {}


def test_a_child_with_an_open_change_waits(no1, grade):
    busy = grade[0]
    drafted(Suspension, busy, ground_note="骨折", until=LEGAL_DAY.replace(year=2027, month=6))
    waiting = waiting_at(no1, 2026)
    assert waiting.busy == [Student.objects.get(pk=busy.pk)] and len(waiting.by_grade[1]) == 19
    assert drafted_placing(no1).rows.count() == 19
    with pytest.raises(Refused, match="没有未编班的学生"):
        drafted_placing(no1)


def test_undone_as_a_whole_and_only_while_nobody_has_moved_on(no1, grade, staff):
    case = decided(drafted_placing(no1))
    child = Student.objects.get(pk=grade[0].pk)
    place = Placement.objects.get(enrolment__student=child, ends=None).school_class
    other = no1.classes.filter(cohort=2026).exclude(pk=place.pk).get()
    move = decided(drafted(ClassMove, child, to_class=other, reason="与双胞胎兄弟同班"))
    with pytest.raises(Refused, match="1名学生又换了班级或离校"):
        undone(case)
    undone(move)
    undone(case)
    assert sitting(no1) == {} and broken() == []


def test_undone_nobody_sits_there(no1, grade):
    undone(decided(drafted_placing(no1)))
    assert sitting(no1) == {} and seats_of(no1, 1).used == 0 and len(waiting_at(no1, 2026).by_grade[1]) == 20
    assert broken() == []
    decided(drafted_placing(no1, seed=8))
    assert sitting(no1) == {1: 10, 2: 10}


def test_effect_and_correction_cost_the_same_for_four_and_for_forty(no1, no2, staff):
    staff(Role.BUREAU_LEADER, no1.bureau)

    def asked(school, number):
        another_class(school, 1)
        newcomers(school, number, sequence=number)
        case = decided(drafted_placing(school), until="submit")
        checker = staff(Role.HEADMASTER, school)
        with CaptureQueriesContext(connection) as forward:
            perform(case, "approve", by=checker)
        with CaptureQueriesContext(connection) as back:
            undone(case)
        return len(forward), len(back)

    few, many = asked(no1, 4), asked(no2, 40)
    assert few == many


def test_the_school_alone_decides_with_two_people(no1, no3, grade, staff, bureau):
    with pytest.raises(NotYourHand):
        services.start_placing(no1, 1, by=staff(Role.REGISTRAR, no3))
    case = drafted_placing(no1)
    for stranger in (staff(Role.REGISTRAR, no3), staff(Role.BUREAU_CLERK, bureau), staff(Role.HEADMASTER, no1)):
        with pytest.raises(NotYourHand):
            perform(case, "submit", by=stranger)
        with pytest.raises(NotYourHand):
            services.redraw(case, 5, by=stranger)
    case = decided(case, until="submit")
    with pytest.raises(NotYourHand):
        perform(case, "approve", by=staff(Role.REGISTRAR, no1))


def test_nobody_is_dealt_into_a_class_of_special_education(no1, grade):
    """A registrar may put a child there by hand; chance does not."""
    special = another_class(no1, 1, "special")
    case = drafted_placing(no1)
    assert set(case.rows.values_list("school_class", flat=True)) == {c.pk for c in no1.classes.filter(cohort=2026)} - {
        special.pk
    }


# ---- 调班


@pytest.fixture
def child(no1, child_at):
    return child_at(no1, grade=3)


def test_a_child_moves_inside_its_grade_and_the_seats_follow(no1, child):
    target = another_class(no1, 3)
    case = decided(drafted(ClassMove, child, to_class=target, reason="须在一层就读"))
    places = Placement.objects.filter(enrolment__student=child).order_by("pk")
    assert [(p.school_class, p.ends) for p in places] == [(class_of(no1, 3), LEGAL_DAY), (target, None)]
    assert seats_of(no1, 3).used == 1 and case.filings.get().act == "调班"
    assert broken() == []


def test_not_into_another_grade_or_school_nor_the_same_class(no1, no2, child):
    for target, sentence in [
        (class_of(no1, 4), "不能调入第一小学四年级1班"),
        (class_of(no2, 3), "不能调入第二小学三年级1班"),
        (class_of(no1, 3), "学生就在所选的班级里"),
    ]:
        with pytest.raises(RulesBroken, match=sentence):
            drafted(ClassMove, child, to_class=target, reason="家长要求")


@pytest.mark.parametrize(("free", "lawful"), [(0, False), (1, True)])
def test_not_into_a_full_class(no1, child, free, lawful):
    target = another_class(no1, 3)
    target.seats_set.update(capacity=free)
    if lawful:
        assert decided(drafted(ClassMove, child, to_class=target, reason="须在一层就读")).state == "done"
        return
    with pytest.raises(RulesBroken, match="三年级2班已满"):
        drafted(ClassMove, child, to_class=target, reason="须在一层就读")


def test_home_teaching_is_on_the_roll_and_in_no_class_size(no1, child, child_at):
    """edge case 56: enrolled, counted in 学籍数, but no seat of the grade is used."""
    before = seats_of(no1, 3)
    home = decided(drafted_home_move(child)).to_class
    after = seats_of(no1, 3)
    assert (after.capacity, after.used) == (before.capacity, before.used - 1)
    assert Student.objects.get(pk=child.pk).status == "enrolled" and child.enrolments.living().count() == 1
    assert home.pk not in {room.id for room in rooms_of(no1.pk, 3, 2026)}
    assert broken() == []
    # The desk that became free is there for another child, however many are taught at home.
    before.capacity, before.used = 1, 0
    no1.seats_set.filter(grade=3, year=2026, school_class=None).update(capacity=1)
    child_at(no1, grade=3, name="样例新")
    assert seats_of(no1, 3).free_seats == 0
