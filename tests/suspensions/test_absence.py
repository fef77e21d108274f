"""第三十条, the log: one mark a day, corrections kept, runs counted in one go; holidays neither break nor count."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from law import clock
from students.models import Student
from suspensions.absence import SchoolDays, days_of, log_day, record_visit, run_of, suspected
from suspensions.models import AbsenceEntry, Mark, Visit
from tests.county import LEGAL_DAY, class_of, staff_member
from transfers.services import start_transfer


@pytest.fixture
def child(no1, child_at):
    return child_at(no1, grade=3)


@pytest.fixture
def room(no1):
    return class_of(no1, 3)


@pytest.fixture
def teacher(no1, room, staff):
    """The teacher of this very class; `staff` appoints to the first class of the school."""
    person = staff(Role.CLASS_TEACHER, no1, name="李老师")
    person.appointments.update(school_class=room)
    return person


def away(child, first: date, last: date, mark=Mark.TRUANT):
    """The child's mark on every school day of a span, as if the sheet had been written each day."""
    place = class_of(child.school, 3)
    registrar = staff_member(Role.REGISTRAR, child.school)
    known = SchoolDays.between(first, last)
    for day in days_of(first, last):
        if known.has_lessons(day):
            with clock.at(max(day, LEGAL_DAY)):
                log_day(place, day, {child.pk: mark}, by=registrar)


def alarmed(on: date, *children) -> bool:
    with clock.at(on):
        return {c.pk for c in children} <= set(suspected(Student.objects.all()))


def test_a_sheet_is_written_in_one_go_and_a_correction_keeps_the_old_mark(child, room, teacher, child_at, no1):
    other = child_at(no1, grade=3, name="样例乙")
    marks = {child.pk: Mark.TRUANT, other.pk: Mark.PRESENT}
    assert log_day(room, LEGAL_DAY, marks, by=teacher) == 2
    assert log_day(room, LEGAL_DAY, marks, by=teacher) == 0, "the same sheet again writes nothing"
    registrar = staff_member(Role.REGISTRAR, no1)
    assert log_day(room, LEGAL_DAY, marks | {child.pk: Mark.SICK}, by=registrar) == 1
    rows = child.absence_entries.order_by("pk").values_list("mark", "replaced", "by")
    assert list(rows) == [("truant", True, teacher.pk), ("sick", False, registrar.pk)]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM suspensions_absenceentry", "UPDATE suspensions_absenceentry SET mark = 'present'"]
)
def test_the_log_is_never_rewritten(child, room, teacher, statement):
    log_day(room, LEGAL_DAY, {child.pk: Mark.TRUANT}, by=teacher)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("suspensions_absenceentry"))


def test_a_visit_is_never_rewritten(child):
    registrar = staff_member(Role.REGISTRAR, child.school)
    record_visit(child, by=registrar, on=LEGAL_DAY, form="home", who="李老师", whom="祖父", result="外出")
    with pytest.raises(DatabaseError), transaction.atomic():
        Visit.objects.update(result="已返校")


def test_another_classs_teacher_and_another_school_are_refused(child, room, no1, no2, staff):
    stranger = staff(Role.CLASS_TEACHER, no1, name="王老师")
    stranger.appointments.update(school_class=class_of(no1, 4))
    for person in (stranger, staff(Role.REGISTRAR, no2), staff(Role.HEADMASTER, no1)):
        with pytest.raises(NotYourHand):
            log_day(room, LEGAL_DAY, {child.pk: Mark.TRUANT}, by=person)
        with pytest.raises(NotYourHand):
            record_visit(child, by=person, on=LEGAL_DAY, form="home", who="某", whom="某", result="某")
    assert not AbsenceEntry.objects.exists() and not Visit.objects.exists()


@pytest.mark.parametrize("day", [LEGAL_DAY + timedelta(days=1), date(2026, 9, 13), date(2026, 8, 3)])
def test_no_sheet_for_a_day_to_come_a_sunday_or_a_holiday(child, room, teacher, day):
    with pytest.raises(Refused):
        log_day(room, day, {child.pk: Mark.TRUANT}, by=teacher)


# A span without holidays; from 14 October it is 27 days, first and last included.
@pytest.mark.parametrize(
    ("first", "rings"), [(date(2026, 10, 14), False), (date(2026, 10, 13), True), (date(2026, 10, 12), True)]
)
def test_the_twenty_eighth_day_rings(child, first, rings):
    last = date(2026, 11, 9)
    away(child, first, last)
    with clock.at(last):
        run = run_of(child)
    assert run.days == (last - first).days + 1 and (run.days >= 28) == rings
    assert alarmed(last, child) == rings


def test_national_day_neither_breaks_nor_counts(child):
    """edge case 42"""
    first, last = date(2026, 9, 14), date(2026, 10, 16)
    away(child, first, last)
    with clock.at(last):
        run = run_of(child)
    holidays = 7  # 1 to 7 October
    assert (run.first, run.last, run.unlogged) == (first, last, 0)
    assert run.days == (last - first).days + 1 - holidays - named_days(first, last, besides=date(2026, 10, 1))
    assert not alarmed(date(2026, 10, 9), child) and run.days < (last - first).days + 1


def named_days(first, last, *, besides) -> int:
    """Other statutory holidays of the span, such as 中秋."""
    week = {besides + timedelta(days=n) for n in range(7)}
    return len([d for d in SchoolDays.between(first, last).named if d not in week and first <= d <= last])


def test_the_winter_holidays_neither_break_nor_count(child):
    """edge case 42: away before and after, 21 January to the end of February left out."""
    away(child, date(2027, 1, 11), date(2027, 1, 20))
    away(child, date(2027, 3, 1), date(2027, 3, 17))
    with clock.at(date(2027, 3, 17)):
        run = run_of(child)
    assert (run.first, run.days, run.unlogged) == (date(2027, 1, 11), 27, 0)
    assert not alarmed(date(2027, 3, 17), child)
    away(child, date(2027, 3, 18), date(2027, 3, 18))
    assert alarmed(date(2027, 3, 18), child)


@pytest.mark.parametrize("mark", [Mark.SICK, Mark.LEAVE, Mark.PRESENT])
def test_any_other_mark_breaks_the_run(child, mark):
    """edge case 42"""
    away(child, date(2026, 10, 12), date(2026, 11, 9))
    away(child, date(2026, 11, 2), date(2026, 11, 2), mark)
    with clock.at(date(2026, 11, 9)):
        assert run_of(child).first == date(2026, 11, 3)
    assert not alarmed(date(2026, 11, 9), child)
    away(child, date(2026, 11, 9), date(2026, 11, 9), mark)
    assert run_of(child) is None


def test_a_day_nobody_logged_is_told_and_does_not_break(child):
    away(child, date(2026, 10, 12), date(2026, 10, 16))
    away(child, date(2026, 10, 20), date(2026, 10, 23))
    run = run_of(child)
    assert (run.first, run.days, run.unlogged) == (date(2026, 10, 12), 12, 1)


def test_an_open_transfer_pauses_the_alarm(child, no2, staff):
    away(child, date(2026, 10, 12), date(2026, 11, 9))
    assert alarmed(date(2026, 11, 9), child)
    start_transfer(child, no2, by=staff(Role.REGISTRAR, no2), ground="T4", grade=3, to_class=class_of(no2, 3))
    assert not alarmed(date(2026, 11, 9), child)


def test_many_children_are_counted_in_as_many_questions_as_one(child, child_at, no1):
    def questions():
        with clock.at(date(2026, 11, 9)), CaptureQueriesContext(connection) as asked:
            suspected(Student.objects.all())
        return len(asked)

    away(child, date(2026, 10, 12), date(2026, 11, 9))
    few = questions()
    others = [child_at(no1, grade=3, name=f"样例{n}") for n in range(5)]
    first_days = AbsenceEntry.objects.filter(child=child)
    AbsenceEntry.objects.bulk_create(
        AbsenceEntry(child=c, school_class_id=e.school_class_id, day=e.day, mark=e.mark, by_id=e.by_id)
        for c in others
        for e in first_days
    )
    assert questions() == few and alarmed(date(2026, 11, 9), child, *others)


def test_the_teachers_page_writes_the_whole_class(client, child, room, teacher, child_at, no1):
    other = child_at(no1, grade=3, name="样例乙")
    client.force_login(teacher)
    url = reverse("dropout:sheet", args=[room.pk])
    assert "样例乙" in client.get(url).content.decode()
    body = {"day": "2026-09-15", f"m{child.pk}": "truant", f"m{other.pk}": "present"}
    assert client.post(url, body).status_code == 302
    assert dict(AbsenceEntry.objects.values_list("child", "mark")) == {child.pk: "truant", other.pk: "present"}
    assert client.post(url, body | {f"m{other.pk}": "elsewhere"}).status_code == 422
    assert client.get(reverse("dropout:sheet", args=[class_of(no1, 4).pk])).status_code == 404
    assert client.post(reverse("dropout:sheet", args=[class_of(no1, 4).pk]), body).status_code == 404
