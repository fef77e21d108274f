"""What stands open on the legal day, as the nightly check has written it: by unit, by desk, and row by row.

A row stands on a day when it was opened by then and not closed yet; so the same questions answer for another day.
"""

from datetime import timedelta

from django.db.models import Count, Min, Q

from approvals.countdown.owed import AT_BUREAU, standing
from law import clock
from law.deadline import declared
from law.workdays import Calendar
from schools.models import School

SOON = 3  # days before the last one from which a row is called soon
SIDES = {"school": "学校", "bureau": "教育局"}


def overdue() -> Q:
    return Q(due_on__lt=clock.today())


def soon() -> Q:
    today = clock.today()
    return Q(due_on__range=(today, today + timedelta(days=SOON)))


def counted() -> dict:
    """What the board counts of each group."""
    return {
        "open": Count("pk"),
        "late": Count("pk", filter=overdue()),
        "late_at_school": Count("pk", filter=overdue() & ~Q(desk_right__in=AT_BUREAU)),
        "late_at_bureau": Count("pk", filter=overdue() & Q(desk_right__in=AT_BUREAU)),
        "soon": Count("pk", filter=soon()),
        "oldest": Min("due_on", filter=overdue()),
    }


def by_unit(user) -> list[dict]:
    """One line a school with anything open, the bureau's own line last; the most overdue first."""
    lines = list(standing(user).values("school").annotate(**counted()).order_by("-late", "oldest", "school"))
    schools = School.objects.select_related("bureau").in_bulk([line["school"] for line in lines if line["school"]])
    for line in lines:
        school = schools.get(line["school"])
        line |= {"name": school.short_name if school else "教育局", "code": school.code if school else ""}
        line["key"] = school.pk if school else "bureau"
    return with_days(lines)


def by_desk(user) -> list[dict]:
    """One line a deadline, in the order of the regulation, with its article."""
    lines = {line["deadline"]: line for line in standing(user).values("deadline").annotate(**counted()).order_by()}
    rules = {code: rule for code, rule in declared().items() if code in lines}
    return with_days([lines[code] | {"rule": rule, "article": rule.article} for code, rule in rules.items()])


def with_days(lines: list[dict]) -> list[dict]:
    """Each line with the working days by which its oldest row is late."""
    oldest = [line["oldest"] for line in lines if line["oldest"]]
    today = clock.today()
    calendar = Calendar.between(min([*oldest, today]), today)
    for line in lines:
        line["late_by"] = calendar.count(line["oldest"], today) if line["oldest"] else None
        line["late_words"] = f"{line['late_by']}个工作日" if line["late_by"] else "今天起超期"
    return lines
