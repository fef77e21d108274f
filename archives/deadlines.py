"""第九条: a newcomer's file is opened within a month of entering.

What makes a file opened is the archive's to say: it puts a condition on the enrolment here. Until it does, nobody is
asked for a file, and nobody can be late with one.
"""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import DateField, F, Func, Q, QuerySet

from law import articles
from law.deadline import Deadline, Subject, Unit, declare
from students.models import Enrolment

# A file not opened within two years is no newcomer's any more, but a finding of the term's check.
NEWCOMERS = timedelta(days=730)
# Conditions on an enrolment that hold once the child's file is opened; all of them together.
opened_when: list[Callable[[], Q]] = []


def unopened(day: date) -> QuerySet[Enrolment] | None:
    """Children registered here as newcomers whose file is not opened."""
    if not opened_when:
        return None
    done = Q()
    for condition in opened_when:
        done &= condition()
    entered = Func(F("during"), function="lower", output_field=DateField())
    new = Enrolment.objects.living().filter(came_how="建籍").annotate(entered=entered)
    return new.filter(~done, entered__gt=day - NEWCOMERS).values_list("student", "school", "entered")


declare(
    Deadline(
        code="archive.opened",
        article=articles.ARCHIVE_IN_A_MONTH,
        title="建立学籍档案",
        unit=Unit.MONTHS,
        length="archive.months",
        start="入学之日",
        subject=Subject.CHILD,
        right="make_change",
        found=unopened,
        remedy="请收齐学籍档案七项内容并建档",
        url="students:list",
        remind=(7, 0),
    ),
)
