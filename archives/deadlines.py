"""第九条: the archive of a newcomer is made within a month of entering, as the meter measures it.

What was not made in the term of entry is owed in the next: the duty ends with the archive, not with the term.
"""

from datetime import date

from law import articles
from law.deadline import Deadline, Subject, Unit, declare
from schools.models import School

from . import meter

UNFINISHED = f"{meter.SQL} SELECT id, school_id, entered FROM parts WHERE unopened"  # noqa: S608 — our own columns


def unfinished(day: date) -> tuple[str, dict]:
    """Children in class who came since this system began, and whose archive wants what a newcomer's must hold."""
    given = meter.given_for(School.objects.values_list("pk", flat=True), meter.Moment.now())
    # Only of those who came since then: the other nine tenths of a county are not looked at.
    return UNFINISHED, given | {"long_here": False}


declare(
    Deadline(
        code="archive.opened",
        article=articles.ARCHIVE,
        title="建立学籍档案",
        unit=Unit.MONTHS,
        length="archive.months",
        start="入学之日",
        subject=Subject.CHILD,
        right="make_change",
        found=unfinished,
        remedy="请补齐必填信息、证明材料和预防接种查验，建立学籍档案",
        url="archives:county",
        remind=(7, 0),
    ),
)
