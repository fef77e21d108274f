"""第十五、十一、三十二条：毕业——谁能毕业，谁被列出来，毕业以后记录变成什么，怎样退回."""

import hashlib
import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from approvals.errors import ChildBusy, NotYourHand, Refused, RulesBroken
from approvals.services import perform
from law import clock
from schools.models import School
from students import journal
from students.models import AssessmentRow, Certificate, DataFix, Enrolment, FrozenRecord, Placement, Student
from students.year import rolls
from students.year.services import start_graduation
from suspensions.models import Suspension
from tests import invariants
from tests.changes import again, decided, drafted, undone
from tests.county import class_of, make_school, seats_of, staff_member
from tests.students.specimens_intake import drafted_intake
from tests.students.year_lists import JULY, assessed, graduated, listed

ILL = {"ground_note": "骨折", "until": date(2027, 8, 31)}


@pytest.fixture
def junior(bureau):
    return make_school(bureau, 41, "第一中学", School.Kind.JUNIOR)


@pytest.fixture
def finals(junior, child_at):
    return [child_at(junior, grade=9, name=f"样例{word}") for word in "甲乙丙丁"]


def left_out(school, grade=None):
    return {each.name: each.fate for each in rolls.left_out_of_graduation(2026, [school.pk], grade=grade, limit=50)}


def frozen_checked():
    """What a commit would ask."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# ── the effect ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_grade_six_waits_for_its_junior_school(no1, child_at):
    children = [child_at(no1, grade=6) for _ in range(3)]
    stays = child_at(no1, grade=5)
    case = graduated(no1)
    assert case.state == "done"
    for child in children:
        assert again(child).status == "leaver"
        assert Enrolment.objects.living().get(student=child).school == no1, "until a junior school takes it over"
        assert Placement.objects.get(enrolment__student=child).ends == JULY
    assert again(stays).status == "enrolled" and seats_of(no1, 6).used == 0
    assert case.steps.get(action="approve").particulars == {"leaver": "3"}
    assert not Certificate.objects.exists() and not FrozenRecord.objects.exists()
    assert invariants.broken() == []


def test_grade_nine_leaves_with_the_paper_its_result_gives(bureau, junior, finals):
    *passed, failed = finals
    assessed(bureau, passed, [failed])
    case = graduated(junior, 9)
    assert [again(child).status for child in finals] == ["graduated"] * 3 + ["completed"]
    for child in finals:
        gone = Enrolment.objects.get(student=child)
        assert (gone.during.upper, gone.left_by_id, gone.left_how) == (
            JULY,
            case.pk,
            "修业期满" if child == failed else "毕业",
        )
    papers = {paper.student: paper for paper in Certificate.objects.all()}
    assert {papers[child].kind for child in passed} == {"graduation"}
    assert {papers[child].number for child in passed} == {""}, "the city gives the number"
    own = papers[failed]
    assert (own.kind, own.number, own.issued_on) == ("completion", f"修2027{own.pk:06d}", JULY)
    assert case.steps.get(action="approve").particulars == {"graduated": "3", "completed": "1"}
    assert seats_of(junior, 9).used == 0 and invariants.broken() == []


def test_the_result_that_counts_is_the_last_signed_one(bureau, junior, finals):
    assessed(bureau, [], finals)
    assessed(bureau, finals, [])
    graduated(junior, 9)
    assert {again(child).status for child in finals} == {"graduated"}


def test_a_nine_year_school_graduates_both_grades_apart(bureau, child_at):
    school = make_school(bureau, 43, "第二学校", School.Kind.NINE_YEAR)
    six, nine = child_at(school, grade=6), child_at(school, grade=9)
    assessed(bureau, [nine])
    graduated(school, 6)
    assert (again(six).status, again(nine).status) == ("leaver", "enrolled")
    graduated(school, 9)
    assert again(nine).status == "graduated"


def test_who_attends_elsewhere_graduates_where_the_record_is(no1, no2, child_at):
    child, neighbour = child_at(no1, grade=6), child_at(no2, grade=6)
    beside = Placement.objects.get(enrolment__student=neighbour).school_class
    Placement.objects.filter(enrolment__student=child).update(school_class=beside)
    Enrolment.objects.filter(student=child).update(attends=no2)
    assert rolls.graduates(2026, no2.pk, 6) == [neighbour.pk]
    graduated(no1)
    assert (again(child).status, again(neighbour).status) == ("leaver", "enrolled")


def test_a_late_graduation_ends_the_year_and_not_the_next(no1, child_at):
    child = child_at(no1, grade=6)
    graduated(no1, on=date(2027, 9, 20))
    assert Placement.objects.get(enrolment__student=child).ends == date(2027, 9, 1)


# ── who is left out ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_cannot_graduate_is_listed_with_the_reason_and_stays_as_it_was(bureau, junior, finals, child_at):
    """Edge case 51: an open case, 休学, a problem, no class, no result; the others graduate without waiting."""
    fine, ill, busy, problem = finals
    nowhere, unknown = child_at(junior, grade=9, name="样例无班"), child_at(junior, grade=9, name="样例无果")
    assessed(bureau, [fine, ill, busy, problem, nowhere])
    decided(drafted(Suspension, ill, **ILL))
    case = drafted(Suspension, busy, **ILL)
    Student.objects.filter(pk=problem.pk).update(problem="证件号重复")
    Placement.objects.filter(enrolment__student=nowhere).update(ends=date(2027, 4, 1))
    graduated(junior, 9)
    assert left_out(junior) == {
        "样例乙": "suspended",
        "样例丙": "open_case",
        "样例丁": "problem",
        "样例无班": "no_class",
        "样例无果": "no_result",
    }
    assert again(fine).status == "graduated"
    named = {each.name: each for each in rolls.left_out_of_graduation(2026, [junior.pk], grade=9, limit=50)}
    assert (named["样例丙"].case_number, named["样例丙"].desk) == (case.number, "第一中学")
    assert [again(child).status for child in (ill, busy, unknown)] == ["suspended", "enrolled", "enrolled"]


def test_whose_desk_holds_an_open_case_is_said(no1, child_at):
    child = child_at(no1, grade=6, name="样例在办")
    decided(drafted(Suspension, child, **ILL), until="submit")
    (named,) = rolls.left_out_of_graduation(2026, [no1.pk], grade=6, limit=5)
    assert (named.desk, named.stage) == ("第一小学", "学校")


def test_an_idle_case_is_cleared_by_the_bureau_and_the_child_graduates_afterwards(bureau, no1, child_at):
    """Edge case 51: the bureau clears the idle case, the child is in its former state again and is listed anew."""
    child, other = child_at(no1, grade=6, name="样例在办"), child_at(no1, grade=6)
    idle = drafted(Suspension, child, **ILL)
    graduated(no1)
    with clock.at(JULY):
        ended = perform(idle, "give_way", by=staff_member(Role.BUREAU_CHECKER, bureau), opinion="逾期未提交")
    assert (ended.state, again(child).status) == ("withdrawn", "enrolled")
    graduated(no1)
    assert again(child).status == again(other).status == "leaver"


def test_a_child_on_the_list_is_busy_until_the_list_is_decided(no1, child_at):
    child = child_at(no1, grade=6)
    case = listed(no1)
    with clock.at(JULY), pytest.raises(Refused, match=case.number):
        drafted(Suspension, child, **ILL)


def test_what_happened_meanwhile_stops_the_whole_list_by_name(no1, child_at):
    child_at(no1, grade=6)
    child = child_at(no1, grade=6, name="样例后查")
    case = listed(no1)
    Student.objects.filter(pk=child.pk).update(problem="证件号重复")
    with clock.at(JULY), pytest.raises(RulesBroken, match="样例后查"):
        perform(case, "approve", by=staff_member(Role.HEADMASTER, no1))


# ── days and hands ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("day", "lawful"), [(date(2027, 5, 31), False), (date(2027, 6, 1), True)])
def test_it_begins_in_june(no1, child_at, day, lawful):
    child_at(no1, grade=6)
    if lawful:
        assert graduated(no1, on=day).state == "done"
        return
    with pytest.raises(RulesBroken, match="2027年6月1日起"):
        graduated(no1, on=day)


@pytest.mark.parametrize(("day", "late"), [(date(2027, 7, 30), False), (date(2027, 7, 31), True)])
def test_the_last_day_warns_and_never_blocks(no1, child_at, day, late):
    child_at(no1, grade=6)
    case = listed(no1, on=day)
    with clock.at(day):
        warned = case.page(staff_member(Role.REGISTRAR, no1))["broken_rules"]
    assert ["2027年7月30日" in finding["message"] for finding in warned] == ([True] if late else [])
    assert graduated_by_headmaster(case, day).state == "done"


def graduated_by_headmaster(case, day):
    with clock.at(day):
        return perform(case, "approve", by=staff_member(Role.HEADMASTER, case.lead_school))


def test_two_people_of_the_school_and_no_bureau(bureau, no1, no2, child_at):
    child_at(no1, grade=6)
    registrar, head = staff_member(Role.REGISTRAR, no1), staff_member(Role.HEADMASTER, no1)
    strangers = [
        staff_member(Role.REGISTRAR, no2),
        staff_member(Role.HEADMASTER, no2),
        staff_member(Role.BUREAU_CLERK, bureau),
        staff_member(Role.BUREAU_CHECKER, bureau),
        staff_member(Role.AUDITOR, bureau),
    ]
    with clock.at(JULY):
        for person in [head, *strangers]:
            with pytest.raises(NotYourHand):
                start_graduation(no1, 6, by=person)
        case = start_graduation(no1, 6, by=registrar)
        for person in strangers:
            with pytest.raises(NotYourHand):
                perform(case, "submit", by=person)
        case = perform(case, "submit", by=registrar)
        for person in [registrar, *strangers]:
            with pytest.raises(NotYourHand):
                perform(case, "approve", by=person)
        assert perform(case, "approve", by=head).state == "done"


def test_a_grade_that_does_not_finish_is_no_graduation(no1, child_at):
    child_at(no1, grade=5)
    with clock.at(JULY):
        registrar = staff_member(Role.REGISTRAR, no1)
        with pytest.raises(Refused, match="没有九年级"):
            start_graduation(no1, 9, by=registrar)
        with pytest.raises(RulesBroken, match="没有可以毕业的学生"):
            start_graduation(no1, 6, by=registrar)


# ── frozen, and back ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_record_is_copied_once_more_and_frozen(bureau, junior, finals):
    assessed(bureau, finals)
    case = graduated(junior, 9)
    child = finals[0]
    copy = FrozenRecord.objects.get(student=child)
    assert (copy.graduation, copy.taken_on) == (case, JULY)
    assert copy.content["student"]["status"] == "graduated" and copy.content["student"]["name"] == child.name
    assert {"numbers", "family", "enrolments", "placements"} < set(copy.content)
    assert child.id_number.plain() not in json.dumps(copy.content), "numbers stay sealed"
    with connection.cursor() as cursor:
        cursor.execute("SELECT content::text FROM students_frozenrecord WHERE id = %s", [copy.pk])
        (text,) = cursor.fetchone()
    assert hashlib.sha256(text.encode()).hexdigest() == copy.digest


def test_the_database_refuses_to_edit_a_graduate(bureau, junior, finals):
    assessed(bureau, finals)
    graduated(junior, 9)
    frozen_checked()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Student.objects.filter(pk=finals[0].pk).update(name="改名")
        frozen_checked()
    Student.objects.filter(pk=finals[0].pk).update(problem="证件号重复")
    frozen_checked()


def test_the_data_administrator_may_with_a_reason(bureau, junior, finals):
    assessed(bureau, finals)
    graduated(junior, 9)
    frozen_checked()
    child, by = finals[0], staff_member(Role.DATA_ADMIN, bureau)
    Student.objects.filter(pk=child.pk).update(name="更正")
    DataFix.objects.create(
        model="students.student", model_name="学生", object_id=str(child.pk), object_name="更正", reason="照户口簿更正",
        by=by, legal_date=JULY,
    )  # fmt: skip
    frozen_checked()
    assert again(child).name == "更正"


def test_with_the_trigger_off_the_edit_passes(bureau, junior, finals, owner):
    assessed(bureau, finals)
    graduated(junior, 9)
    frozen_checked()
    owner.execute("ALTER TABLE students_student DISABLE TRIGGER students_graduate_is_frozen")
    Student.objects.filter(pk=finals[0].pk).update(name="改名")
    frozen_checked()
    assert again(finals[0]).name == "改名"


@pytest.mark.parametrize("table", ["students_frozenrecord", "students_assessmentrow"])
def test_copies_and_results_only_grow(bureau, junior, finals, table):
    assessed(bureau, finals)
    graduated(junior, 9)
    assert AssessmentRow.objects.count() == 4
    refused = pytest.raises(Exception, match="permission denied|insert-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET id = id")


@pytest.mark.parametrize("grade", [6, 9])
def test_a_graduation_is_taken_back_exactly(bureau, no1, junior, finals, child_at, grade):
    school = no1 if grade == 6 else junior
    children = [child_at(no1, grade=6) for _ in range(2)] if grade == 6 else finals
    assessed(bureau, finals[:3], finals[3:])
    ids = [child.pk for child in children]
    before, seats = journal.snapshot(ids), seats_of(school, grade).used
    case = graduated(school, grade)
    assert journal.snapshot(ids) != before and seats_of(school, grade).used == 0
    with clock.at(JULY):
        ended = undone(case)
        assert invariants.broken() == []
    assert (ended.state, journal.snapshot(ids), seats_of(school, grade).used) == ("undone", before, seats)
    assert not Certificate.objects.standing().exists()
    graduated(school, grade)
    assert {again(child).status for child in children} == ({"leaver"} if grade == 6 else {"graduated", "completed"})
    assert Certificate.objects.standing().count() == (0 if grade == 6 else 4)


def test_only_the_leader_takes_it_back(bureau, no1, child_at):
    child_at(no1, grade=6)
    case = graduated(no1)
    with clock.at(JULY):
        for role, place in [(Role.HEADMASTER, no1), (Role.BUREAU_CHECKER, bureau), (Role.REGISTRAR, no1)]:
            with pytest.raises(NotYourHand):
                perform(case, "undo", by=staff_member(role, place), opinion="有误")


def test_what_happened_since_stands_in_the_way_of_going_back(bureau, no1, child_at):
    child = child_at(no1, grade=6, name="样例后动")
    case = graduated(no1)
    Student.objects.filter(pk=child.pk).update(status="abroad")
    with clock.at(JULY), pytest.raises(Refused, match="样例后动"):
        undone(case)


def test_results_by_which_somebody_left_are_not_taken_back(bureau, junior, finals):
    case = assessed(bureau, finals)
    graduated(junior, 9)
    with clock.at(JULY), pytest.raises(Refused, match="4名学生已凭考核结果毕业"):
        undone(case)


def test_results_taken_back_count_no_more(bureau, junior, finals):
    case = assessed(bureau, finals)
    with clock.at(JULY):
        undone(case)
    assert set(left_out(junior).values()) == {"no_result"}
    assert class_of(junior, 9).placements.filter(ends=None).count() == 4


def test_not_taken_back_while_a_junior_school_is_taking_the_children_over(bureau, no1, child_at):
    """One open change a child: its leavers are in a batch, which names itself once."""
    children = [child_at(no1, grade=6, name=f"样例{word}") for word in "甲乙"]
    case = graduated(no1)
    with clock.at(date(2027, 9, 3)):
        intake = drafted_intake(make_school(bureau, 42, "第二中学", School.Kind.JUNIOR), children, date(2027, 9, 1))
        with pytest.raises(ChildBusy, match=intake.number) as refused:
            undone(case)
    assert len(refused.value.sentences) == 1 and {again(child).status for child in children} == {"leaver"}


def test_taking_results_back_waits_for_whoever_is_leaving_by_them(bureau, junior, finals):
    """The children are locked before anybody asks whether they have left."""
    case = assessed(bureau, finals)
    with clock.at(JULY), CaptureQueriesContext(connection) as asked:
        undone(case)
    said = [query["sql"] for query in asked.captured_queries]
    locks = [n for n, sql in enumerate(said) if "FOR UPDATE" in sql and "students_assessmentrow" in sql]
    looks = [n for n, sql in enumerate(said) if "COUNT(*)" in sql and "graduated" in sql]
    assert locks and looks and locks[0] < looks[0]
