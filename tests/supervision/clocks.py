"""Rows of the statutory clock, for pages that only read them."""

from datetime import date, timedelta

from approvals.countdown.models import Countdown

DUE = date(2026, 9, 14)


def row(school, *, subject=0, deadline="ceims.entered", right="make_change", due=DUE, about="filing", **more):
    """One open deadline of a school, opened a week before its last day; not due before it began."""
    number = Countdown.objects.count()
    return Countdown.objects.create(
        deadline=deadline,
        article="第二十四条",
        about=about,
        subject=subject or 1_000_000 + number,
        school=school,
        bureau=more.pop("bureau", None) or school.bureau,
        desk_right=right,
        starts_on=due - timedelta(days=7),
        due_on=due,
        opened_on=more.pop("opened_on", due - timedelta(days=7)),
        **more,
    )


def bureau_row(bureau, *, right="bureau_make", **more):
    """One deadline that the bureau owes on no school."""
    return row(None, bureau=bureau, right=right, **more)
