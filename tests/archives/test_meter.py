"""第九条's month: who owes what until when, and that the counts of class, school and county are the same children."""

from datetime import date

import pytest
from django.db.models import CharField

from accounts.roles import Role
from approvals.countdown.engine import check_one
from approvals.models import Countdown
from archives import meter
from archives.entries import keep
from archives.kinds import KINDS
from archives.periods import Moment, Period
from archives.presenting import class_rows, school_rows
from law import clock
from law.deadline import declared
from law.models import Parameter
from students.dictionary.fields import FIELDS
from students.exporting.wanting import REQUIRED
from students.models import FamilyMember, Student
from tests.archives.conftest import long_here
from tests.archives.specimens import OF, filled
from tests.county import LEGAL_DAY

SPRING = Period(2025, 2)
pytestmark = pytest.mark.django_db


def line_of(child):
    (row,) = meter.children_of([child.school_id], child_id=child.pk)
    return row


def missing(child) -> set[str]:
    return {item.code for item in line_of(child)["missing"]}


def bring(child, by, *kinds):
    for kind in kinds:
        keep(KINDS[kind], SPRING, [(child, filled(kind, OF.get(kind, {})))], school=child.school_id, by=by)


def complete_the_record(child):
    """Every compulsory field of the form, with something in it."""
    text = {field.own_name for field in REQUIRED if not field.member}
    values = {}
    for name in text - {"name", "sex", "birth_date", "id_type"}:
        column = Student._meta.get_field(name)
        values[name] = "1" if isinstance(column, CharField) else True
    Student.objects.filter(pk=child.pk).update(**values)
    given = {field.own_name: "1" for field in FIELDS if field.member == 1 and field.required == "Y"}
    given |= {"name": "张建国", "is_guardian": True}
    FamilyMember.objects.create(student=child, position_in_form=1, **given)


def test_last_term_is_what_is_owed():
    owed = Moment.now().owed
    assert (owed, owed.name) == (SPRING, "2025—2026学年第二学期")
    with clock.at(date(2027, 3, 1)):
        assert Moment.now().owed == Period(2026, 1)
    now = Moment.now()
    assert now.period_of("2024-1") == Period(2024, 1) and now.period_of("1850-7") == SPRING


def test_a_child_of_last_year_owes_everything(pupil):
    assert missing(pupil) == {item.code for item in meter.ITEMS}


def test_a_newcomer_owes_the_record_the_proofs_and_the_vaccination(child_at, no1):
    assert missing(child_at(no1, grade=1)) == {"basics", "proofs", "vaccination"}


def test_a_newcomer_is_who_entered_on_the_first_day_of_term_or_later(pupil, child_at, no1):
    pupil.enrolments.update(during=(date(2026, 8, 31), None))
    assert not line_of(pupil)["newcomer"]
    pupil.enrolments.update(during=(date(2026, 9, 1), None))
    assert line_of(pupil)["newcomer"]


def test_each_entry_takes_its_item_away(pupil, people):
    complete_the_record(pupil)
    kinds = ("proof", "marks", "growth", "fitness", "checkup", "vaccination", "no_award", "no_aid", "evaluation")
    for kind in kinds:
        before = missing(pupil)
        bring(pupil, people["registrar"], kind)
        assert len(before - missing(pupil)) == 1, kind
    assert line_of(pupil)["done"] == 7 and not missing(pupil)


def test_what_was_made_void_is_missing_again(pupil, people):
    from archives.entries import make_void
    from archives.models import Entry

    bring(pupil, people["registrar"], "marks")
    assert "marks" not in missing(pupil)
    make_void(Entry.objects.get(), "登错", by=people["registrar"])
    assert "marks" in missing(pupil)


def test_results_of_another_term_do_not_count(pupil, people):
    keep(KINDS["marks"], Period(2025, 1), [(pupil, filled("marks", OF["marks"]))], school=pupil.school_id,
         by=people["registrar"])  # fmt: skip
    assert "marks" in missing(pupil)


@pytest.mark.parametrize(
    ("entered", "due"), [(date(2026, 9, 1), date(2026, 10, 1)), (date(2026, 9, 14), date(2026, 10, 14))]
)
def test_a_month_from_entry(child_at, no1, entered, due):
    child = child_at(no1, grade=1)
    child.enrolments.update(during=(entered, None))
    assert line_of(child)["due"] >= due and (line_of(child)["due"] - due).days < 9


def test_a_month_from_the_new_term_for_everybody_else_and_overdue_after(pupil):
    due = line_of(pupil)["due"]
    assert due >= date(2026, 10, 1)
    with clock.at(due):
        assert line_of(pupil)["left"] == 0
        assert meter.counted([pupil.school_id])[0]["overdue"] == 0
    with clock.at(date.fromordinal(due.toordinal() + 5)):
        assert line_of(pupil)["left"] < 0
        assert meter.counted([pupil.school_id])[0]["overdue"] == 1


def test_the_county_may_give_two_months(pupil):
    before = line_of(pupil)["due"]
    Parameter.objects.create(
        code="archive.months", value=2, starts=date(2026, 1, 1), level="县", document="建教发〔2026〕1号"
    )
    assert line_of(pupil)["due"] > before


def test_class_school_and_county_count_the_same_children(pupil, child_at, no1, no2, people):
    complete_the_record(pupil)
    bring(pupil, people["registrar"], *OF)
    long_here(child_at(no1, grade=3), child_at(no1, grade=4))
    child_at(no2, grade=1)
    (first, second) = school_rows({no1.pk, no2.pk})
    assert (first["children"], first["complete"], second["children"]) == (3, 1, 1)
    assert [(row["children"], row["complete"]) for row in class_rows(no1)] == [(2, 1), (1, 0)]
    assert first["part1"] == 1 and first["part3"] == 1


def test_a_child_away_from_school_is_not_counted(pupil):
    Student.objects.filter(pk=pupil.pk).update(status=Student.Status.SUSPENDED)
    assert meter.children_of([pupil.school_id]) == []


def test_papers_of_a_case_are_proofs(transfer, no1):
    child = transfer.child
    long_here(child)
    assert "proofs" not in missing(child)


def test_teacher_and_registrar_owe_their_own_parts(pupil, people, staff, no1):
    assert meter.owner_of(2, "班主任甲", "学籍管理员乙") == "学籍管理员乙"
    assert meter.owner_of(3, "班主任甲", "学籍管理员乙") == "班主任甲"
    assert meter.owner_of(3, "", "学籍管理员乙") == "学籍管理员乙"
    assert staff(Role.REGISTRAR, no1)


# What was not opened in the term of entry stays owed from the day of entry (第九条).

NEW_TERM = date(2027, 3, 1)


def since_when(child) -> date:
    return line_of(child)["since"]


def test_an_archive_never_opened_is_overdue_in_the_next_term_too(transfer):
    child = transfer.child
    with clock.at(NEW_TERM):
        assert (since_when(child), line_of(child)["due"]) == (date(2026, 9, 1), date(2026, 10, 8))
        assert line_of(child)["left"] < 0 and meter.counted([child.school_id])[0]["overdue"] == 1


@pytest.mark.parametrize(("entered", "since"), [(date(2026, 8, 31), NEW_TERM), (date(2026, 9, 1), date(2026, 9, 1))])
def test_nothing_is_owed_from_before_the_term_in_which_the_first_case_was_opened(transfer, entered, since):
    transfer.child.enrolments.update(during=(entered, None))
    with clock.at(NEW_TERM):
        assert since_when(transfer.child) == since


def open_rows(child, day) -> list[tuple]:
    with clock.at(day):
        check_one(declared()["archive.opened"], day)
    rows = Countdown.objects.filter(deadline="archive.opened", subject=child.pk)
    return list(rows.values_list("starts_on", "due_on", "closed_on"))


def test_the_clock_runs_on_until_the_archive_is_opened(transfer, people, no1):
    """Neither the end of the term nor of the school year closes it; what it must hold does."""
    child, standing = transfer.child, (date(2026, 9, 1), date(2026, 10, 8), None)
    for day in (LEGAL_DAY, date(2027, 2, 28), NEW_TERM, date(2027, 8, 31), date(2027, 9, 1)):
        assert open_rows(child, day) == [standing]
    complete_the_record(child)
    bring(child, people["registrar"], "proof")
    assert open_rows(child, date(2027, 9, 2)) == [standing]
    bring(child, people["teacher"], "vaccination")
    assert open_rows(child, date(2027, 9, 3)) == [(*standing[:2], date(2027, 9, 3))]
    with clock.at(date(2027, 9, 3)):
        assert since_when(child) == date(2027, 9, 1)
