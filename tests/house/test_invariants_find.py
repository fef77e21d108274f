"""Each invariant finds what breaks it: the owner takes the guard away, the violation is planted, the sentence read."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Appointment
from accounts.roles import Role
from approvals.models import CaseSubject, Step
from law import clock
from law.models import Window
from schools.models import School, Seats
from students.models import Correction, Enrolment, Student, StudentNumber
from tests import invariants
from tests.changes import decided, drafted
from tests.county import make_school, walk
from tests.students.specimens_numbering import fresh
from tests.transfers.specimens import REQUEST
from transfers.models import OutwardTransfer

NO_GUARD = "ALTER TABLE {} DISABLE TRIGGER USER"
PLANTS = {}


def plant(code: str, *guards: str):
    """Register a violation of an invariant, with the statements by which the owner first takes its guards away."""

    def registered(make):
        PLANTS[f"{code} {make.__name__}"] = (code, guards, make)
        return make

    return registered


def run(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@plant("I1", "ALTER TABLE students_enrolment DROP CONSTRAINT one_enrolment_at_any_instant")
def lives_twice(story):
    Enrolment.objects.create(student=story.child, school=story.no2, during=(date(2026, 9, 1), None), came_how="建籍")


@plant("I1")
def lives_nowhere(story):
    Enrolment.objects.filter(student=story.child).update(voided=True)


@plant("I2", "ALTER TABLE schools_seats DROP CONSTRAINT seats_never_oversold")
def oversold(story):
    Seats.objects.filter(school=story.no1, grade=3).update(capacity=0)


@plant("I2")
def a_seat_too_many(story):
    Seats.objects.filter(school=story.no1, grade=3, school_class=None).update(used=5)


@plant("I2")
def a_hold_forgotten(story):
    Seats.objects.filter(school=story.no2, grade=3).update(reserved=0)


@plant("I3")
def moved_without_a_step(story):
    run("UPDATE approvals_case SET state = 'done' WHERE id = %s", story.transfer.pk)


@plant("I3")
def a_move_no_machine_knows(story):
    copy_of_a_step(story.transfer, action="complete")


@plant("I4", NO_GUARD.format("students_student"))
def unseen_by_history(story):
    Student.objects.filter(pk=story.child.pk).update(name="李四")


@plant("I5")
def blocks_after_its_end(story):
    CaseSubject.objects.filter(case_id=story.gone.pk).update(blocking=True)


@plant("I5", "ALTER TABLE approvals_case DROP CONSTRAINT case_desk_is_whole")
def holds_a_seat_after_its_end(story):
    run("UPDATE approvals_case SET closed_on = '2026-09-15' WHERE id = %s", story.transfer.pk)


@plant("I6", "ALTER TABLE approvals_step DROP CONSTRAINT step_two_hands")
def made_and_checked_by_one(story):
    copy_of_a_step(story.transfer, signature="make")


@plant("I6")
def signed_out_of_office(story):
    Appointment.objects.filter(pk=story.transfer.steps.first().appointment_id).update(ends=date(2026, 9, 1))


@plant("I6")
def signed_by_a_stranger(story):
    copy_of_a_step(story.transfer, actor=story.transfer.steps.last().actor_id, at=0)


@plant("I10", "DROP INDEX number_held_by_one_child", NO_GUARD.format("students_studentnumber"))
def held_by_two(story):
    one, two = StudentNumber.objects.filter(kind="registry", until=None).order_by("pk")[:2]
    StudentNumber.objects.filter(pk=two.pk).update(index=bytes(one.index))


@plant("I10", NO_GUARD.format("students_studentnumber"))
def back_to_a_lesser_number(story):
    from students.enrolments import sealed_number

    held = StudentNumber.objects.filter(student=story.child, kind="registry", until=None)
    for number, day in ((fresh(1), date(2026, 9, 10)), (fresh(2, "J"), date(2026, 9, 12))):
        held.update(until=day)
        sealed_number(story.child, "registry", number, day).save()


@plant("I11", NO_GUARD.format("students_student"))
def renamed_by_hand_in_the_freeze(story):
    # The history is a trigger too: only the guard of the freeze stays away.
    story.owner.execute("ALTER TABLE students_student ENABLE TRIGGER USER")
    story.owner.execute("ALTER TABLE students_student DISABLE TRIGGER students_exam_freeze")
    today = timezone.localdate()
    with clock.at(today):
        nine = story.child_at(story.junior(), grade=9, name="张三")
    Window.objects.create(kind="exam_freeze", starts=today, ends=today, document="县教育局通知")
    Student.objects.filter(pk=nine.pk).update(name="张叁")


@plant("I11")
def renamed_by_decision_in_the_freeze(story):
    """The rules refuse it beforehand; so the freeze is announced for the day on which it was decided."""
    nine = story.child_at(story.junior(), grade=9, name="张三")
    decided(drafted(Correction, nine, reason_note="户口簿已更名", changes={"name": "张叁"}))
    Window.objects.create(kind="exam_freeze", starts=clock.today(), ends=clock.today(), document="县教育局通知")


def copy_of_a_step(case, *, at=-1, actor=None, **columns) -> Step:
    """One more step like the one that was signed."""
    step = list(case.steps.order_by("pk"))[at]
    step.pk = None
    step._state.adding = True
    for name, value in columns.items():
        setattr(step, name, value)
    if actor:
        step.actor_id = actor
    step.save(force_insert=True)
    return step


class Story:
    """A child at school, a transfer with a held seat, and a decided transfer away."""

    def __init__(self, bureau, no1, no2, child_at, transfer, owner):
        self.bureau, self.no1, self.no2, self.child_at, self.owner = bureau, no1, no2, child_at, owner
        self.child = child_at(no1, grade=3, name="张三")
        self.transfer = walk(transfer, until="pass_review")
        self.gone = decided(drafted(OutwardTransfer, child_at(no1, grade=3, name="王五"), **REQUEST))

    def junior(self) -> School:
        return make_school(self.bureau, 7, "第七初级中学", School.Kind.JUNIOR)


@pytest.fixture
def story(bureau, no1, no2, child_at, transfer, owner):
    return Story(bureau, no1, no2, child_at, transfer, owner)


@pytest.mark.parametrize("name", PLANTS)
def test_what_is_planted_is_found(story, name):
    code, guards, make = PLANTS[name]
    assert invariants.broken() == []
    for statement in guards:
        story.owner.execute(statement)
    make(story)
    found = invariants.broken()
    assert code in {sentence.split()[0] for sentence in found}, found


def test_a_row_taken_away_is_seen(story):
    before = invariants.sizes()
    story.owner.execute("ALTER TABLE students_studentnumber DISABLE TRIGGER USER")
    story.owner.execute("DELETE FROM students_studentnumber WHERE student_id = %s AND kind = 'id'", [story.child.pk])
    assert invariants.sizes()["students_studentnumber"] == before["students_studentnumber"] - 1


def test_every_invariant_of_the_module_has_a_plant():
    asked = {check.split("'I", 1)[1].split(" ", 1)[0] for check in invariants.CHECKS}
    assert {f"I{code}" for code in asked} == {code for code, _, _ in PLANTS.values()}


def test_nobody_is_found_where_the_leader_exempted_a_typing_error(bureau, child_at):
    """I11 knows the one lawful way: a proven mistake of the school, signed by the leader (第十四条)."""
    from approvals.services import perform
    from tests.county import hand_for

    nine = child_at(make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR), grade=9, name="张三")
    Window.objects.create(kind="exam_freeze", starts=clock.today(), ends=clock.today(), document="县教育局通知")
    given = {"ground": "mistyped", "reason_note": "看错户口簿", "exception_reason": "登记时看错"}
    case = decided(drafted(Correction, nine, changes={"name": "张叁"}, **given), until="propose")
    perform(case, "grant_exception", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="同意更正")
    assert Student.objects.get(pk=nine.pk).name == "张叁"
    assert invariants.broken() == []
