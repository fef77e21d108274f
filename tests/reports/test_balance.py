"""变动平衡表 (第三十五条): opening plus what came less what went is what is there."""

from datetime import date, timedelta

import pytest

import tests.all_specimens  # noqa: F401
from accounts.roles import Role
from law import clock
from reports.balance.checks import checks_for
from reports.balance.lines import UNTOLD
from reports.balance.spells import Book, Span, children_of
from reports.balance.table import balance_of, balances_of
from schools.models import School
from students.changes import kinds_of_change
from students.models import Enrolment, Placement, Student
from students.year.papers import open_assessment
from suspensions.models import Resumption, Suspension
from tests.changes import SPECIMENS, County, again, decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, make_school, papers_in_order, seats_of, staff_member, walk
from tests.students.test_graduation import JULY, graduated
from tests.students.test_promotion import promoted
from transfers.services import start_transfer

NEXT = LEGAL_DAY + timedelta(days=30)
WEEK = timedelta(days=7)


@pytest.fixture
def county(bureau, no1, no2, no3, child_at, staff):
    return County(bureau, no1, no2, no3, child_at, staff)


def span_of(*schools, first=LEGAL_DAY, last=NEXT) -> Span:
    ids = [school.pk for school in schools] or list(School.objects.values_list("pk", flat=True))
    return Span(tuple(ids), first, last)


def lines(book, span) -> dict[str, int]:
    """Label → figure of every line that is drawn."""
    return {row.label: row.total for row in balance_of(book, span).rows()}


def names(book, span, side, hows=None, **where) -> list[str]:
    ids = children_of(book, span, side=side, hows=hows, where=where)
    return sorted(Student.objects.filter(pk__in=ids).values_list("name", flat=True))


def suspended(child):
    return decided(drafted(Suspension, child, ground_note="骨折", until=date(2027, 6, 30)))


def test_a_small_school_counted_by_hand(no1, no2, child_at):
    """Three in grade three, one in five; one suspended, one moved to the second school within the county."""
    third = [child_at(no1, grade=3, name=name, sex=sex) for name, sex in [("甲", "1"), ("乙", "2"), ("丙", "1")]]
    child_at(no1, grade=5, name="丁", sex="2")
    suspended(third[0])
    registrar = staff_member(Role.REGISTRAR, no2)
    case = start_transfer(third[1], no2, by=registrar, ground="T4", grade=3, to_class=class_of(no2, 3))
    papers_in_order(case, registrar)
    walk(case)

    span = span_of(no1)
    assert lines(Book.RECORDS, span) == {"期初": 4, "增加合计": 0, "转出（县内）": 1, "减少合计": 1, "期末": 3}
    assert lines(Book.CHAIRS, span) == {
        "期初": 4,
        "增加合计": 0,
        "转出（县内）": 1,
        "休学": 1,
        "减少合计": 2,
        "期末": 2,
    }
    assert lines(Book.CHAIRS, span_of(no2)) == {"期初": 0, "转入（县内）": 1, "增加合计": 1, "减少合计": 0, "期末": 1}
    both = lines(Book.RECORDS, span_of(no1, no2))
    assert (both["转入（县内）"], both["转出（县内）"], both["期初"], both["期末"]) == (1, 1, 4, 4)

    chairs = balance_of(Book.CHAIRS, span)
    assert [column.label for column in chairs.columns] == ["三年级", "五年级"]
    third_grade, fifth_grade = chairs.columns
    assert (chairs.opening.of(third_grade, "1"), chairs.opening.of(third_grade, "2")) == (2, 1)
    assert (chairs.closing.of(third_grade), chairs.closing.of(fifth_grade, "2")) == (1, 1)
    assert names(Book.CHAIRS, span, "out") == ["乙", "甲"]
    assert names(Book.CHAIRS, span, "close", stage="primary", cohort=third_grade.cohort) == ["丙"]
    assert names(Book.CHAIRS, span, "close", sex="2") == ["丁"]


def test_both_numbers_name_a_suspended_child_only_once_it_is_back(no1, child_at):
    """学籍数 keeps the child, 在校生数 loses it and gets it back (edge case 70)."""
    child = child_at(no1, grade=3)
    suspended(child)
    with clock.at(NEXT):
        to_class = class_of(no1, 3)
        decided(drafted(Resumption, again(child), back_on=NEXT, to_class=to_class))
    away = span_of(no1, last=NEXT - timedelta(days=1))
    assert (lines(Book.RECORDS, away)["期末"], lines(Book.CHAIRS, away)["期末"]) == (1, 0)
    whole = lines(Book.CHAIRS, span_of(no1))
    assert (whole["休学"], whole["复学"], whole["期末"]) == (1, 1, 1)
    assert set(lines(Book.RECORDS, span_of(no1))) == {"期初", "增加合计", "减少合计", "期末"}


@pytest.mark.parametrize("kind", sorted(kinds_of_change()))
def test_it_balances_after_every_kind_of_change_and_after_its_correction(county, kind):
    case = SPECIMENS[kind](county)
    span = span_of(last=NEXT)
    before = [row.total for each in balances_of(span) for row in (each.opening, each.closing)]
    case = decided(case)
    for each in balances_of(span):
        assert (each.difference, [row.total for row in each.faults]) == (0, []), (kind, each.book, each.told)
    undone(case)
    for each in balances_of(span):
        assert each.balances, (kind, each.book, each.told)
    assert [row.total for each in balances_of(span) for row in (each.opening, each.closing)] == before


def test_what_nobody_can_explain_is_a_difference_with_its_children(no1, child_at):
    """Written past the door: a place that simply ends is no suspension and no transfer."""
    lost, kept = child_at(no1, grade=3, name="不见"), child_at(no1, grade=3, name="还在")
    Placement.objects.filter(enrolment__student=lost).update(ends=LEGAL_DAY)
    span = span_of(no1)
    chairs = balance_of(Book.CHAIRS, span)
    assert (chairs.balances, chairs.difference, chairs.closing.total) == (False, -1, 1)
    assert [(row.side, row.line, row.total) for row in chairs.faults] == [("out", UNTOLD, 1)]
    assert names(Book.CHAIRS, span, "out", [""]) == ["不见"]
    assert balance_of(Book.RECORDS, span).balances
    found = {check.code: list(check.children) for check in checks_for([no1.pk])}
    assert found["unseated"] == [lost] and kept not in found["unseated"]
    assert found["nowhere"] == found["still"] == found["seated"] == []


def test_going_up_a_grade_and_the_class_next_door_are_no_movement(no1, child_at):
    """Promotion over 1 September, with or without a night between, and a change of class within the grade."""
    one, two = child_at(no1, grade=3, name="一"), child_at(no1, grade=3, name="二")
    same = class_of(no1, 3)
    next_door = no1.classes.create(stage=same.stage, cohort=same.cohort, number=2)
    for child, ends, to in [(one, date(2027, 9, 1), same), (two, date(2027, 8, 31), next_door)]:
        place = Placement.objects.get(enrolment__student=child, ends=None)
        Placement.objects.filter(pk=place.pk).update(ends=ends)
        Placement.objects.create(enrolment=place.enrolment, school_class=to, year=2027, starts=date(2027, 9, 1))
    for first, last in [
        (LEGAL_DAY, date(2027, 12, 1)),
        (date(2027, 9, 1), date(2027, 9, 1)),
        (LEGAL_DAY, date(2027, 8, 31)),
    ]:
        span = span_of(no1, first=first, last=last)
        for book in Book.values:
            assert lines(book, span) == {"期初": 2, "增加合计": 0, "减少合计": 0, "期末": 2}, (book, first, last)
    assert [c.label for c in balance_of(Book.CHAIRS, span_of(no1, last=date(2027, 9, 1))).columns] == ["四年级"]


def test_taught_at_home_counts_as_a_record_and_not_in_class(no1, child_at):
    child = child_at(no1, grade=3)
    same = class_of(no1, 3)
    home = no1.classes.create(stage=same.stage, cohort=same.cohort, number=9, kind="home")
    place = Placement.objects.get(enrolment__student=child)
    Placement.objects.filter(pk=place.pk).update(ends=LEGAL_DAY)
    Placement.objects.create(enrolment=place.enrolment, school_class=home, year=2026, starts=LEGAL_DAY)
    span = span_of(no1)
    assert lines(Book.CHAIRS, span) == {"期初": 1, "增加合计": 0, "改送教上门": 1, "减少合计": 1, "期末": 0}
    assert lines(Book.RECORDS, span) == {"期初": 1, "增加合计": 0, "减少合计": 0, "期末": 1}


@pytest.mark.parametrize(("day", "opening", "came"), [(-1, 0, 1), (0, 0, 1), (1, 1, 0)])
def test_a_day_belongs_to_the_span_that_contains_it(no1, child_at, day, opening, came):
    """Enrolled on 1 September: opening of whatever begins later, increase of whatever begins by then."""
    child_at(no1, grade=1)
    first = date(2026, 9, 1) + timedelta(days=day)
    found = lines(Book.RECORDS, span_of(no1, first=first))
    assert (found["期初"], found.get("建籍", 0), found["期末"]) == (opening, came, 1)


def test_voided_enrolments_count_for_nothing(no1, child_at):
    child = child_at(no1, grade=3)
    Placement.objects.filter(enrolment__student=child).update(ends=date(2026, 9, 1))
    Enrolment.objects.filter(student=child).update(voided=True)
    for book in Book.values:
        assert lines(book, span_of(no1)) == {"期初": 0, "增加合计": 0, "减少合计": 0, "期末": 0}
    assert seats_of(no1, 3)


def test_the_end_of_a_school_year_balances(bureau, no1, child_at, staff):
    """Leavers of grade six keep their record at the primary school; graduates of grade nine leave both numbers."""
    junior = make_school(bureau, 72, "第七十二初级中学", School.Kind.JUNIOR)
    child_at(no1, grade=6, name="小学毕业")
    stays = child_at(no1, grade=5, name="升级")
    nines = [child_at(junior, grade=9, name=name) for name in ("合格", "不合格")]
    with clock.at(JULY):
        rows = [[child.pk, child.name == "合格", "", n] for n, child in enumerate(nines, 2)]
        given = {"year": 2026, "file_name": "结果.xlsx", "lines": rows}
        decided(open_assessment(given, by=staff(Role.BUREAU_CLERK, bureau)))
    case = graduated(no1)
    graduated(junior, 9)
    promoted(bureau)
    year = span_of(no1, last=date(2027, 9, 30))
    assert lines(Book.RECORDS, year) == {"期初": 2, "增加合计": 0, "减少合计": 0, "期末": 2}
    assert lines(Book.CHAIRS, year) == {"期初": 2, "增加合计": 0, "毕业": 1, "减少合计": 1, "期末": 1}
    assert [column.label for column in balance_of(Book.CHAIRS, year).columns] == ["六年级", "小学2021级"]
    assert names(Book.CHAIRS, year, "close") == [stays.name]
    for book in Book.values:
        gone = lines(book, span_of(junior, last=date(2027, 9, 30)))
        assert gone == {"期初": 2, "增加合计": 0, "毕业": 1, "修业期满": 1, "减少合计": 2, "期末": 0}, book
    assert case.state == "done"


def test_a_graduation_taken_back_leaves_no_trace_in_the_figures(no1, child_at):
    child_at(no1, grade=6)
    case = graduated(no1)
    with clock.at(JULY):
        undone(case)
    for book in Book.values:
        found = lines(book, span_of(no1, last=date(2027, 8, 31)))
        assert found == {"期初": 1, "增加合计": 0, "减少合计": 0, "期末": 1}, book
