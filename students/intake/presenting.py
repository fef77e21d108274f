"""What the page of a registration batch says beyond its rows: the clock, the gaps, and what the registrar may do."""

from django.db.models import Count, Q
from django.urls import reverse

from approvals.rules import Level
from law import clock
from law.workdays import Calendar
from schools.models import SchoolClass

from ..models.intake import FiledScan
from . import years
from .rules import IN_COLUMNS, RED

OTHER_PLACES = ("6", "7", "8")  # documents of Hong Kong, Macau, Taiwan
ABROAD = ("9", "A")  # permanent residence cards and passports


def of_batch_page(case, works: bool) -> dict:
    """Context of the batch page about its children as a whole."""
    totals = totals_of(case)
    return {
        "works": works,
        "count": totals["all"],
        "gaps": gaps_of(case, totals) if case.is_open else [],
        "apart": apart_of(totals),
        "month": month_of(case),
        "unsigned": totals["unsigned"],
        "classes": classes_of(case) if works else [],
        "acts_url": reverse("intake:batch", args=[case.number]) if works else "",
        "today": clock.today(),
    }


def totals_of(case) -> dict:
    """Counts over all children of a batch, in one query."""
    with_basics = FiledScan.objects.filter(paper=FiledScan.Paper.BASICS).values("application__student")
    return case.entries.aggregate(
        all=Count("pk"),
        unsigned=Count("pk", Q(student__application__signed_on=None)),
        unseated=Count("pk", Q(school_class=None)),
        unscanned=Count("pk", ~Q(student__in=with_basics)),
        other_places=Count("pk", Q(student__id_type__in=OTHER_PLACES)),
        abroad=Count("pk", Q(student__id_type__in=ABROAD)),
        without=Count("pk", Q(student__id_type="Z")),
    )


def gaps_of(case, totals: dict) -> list[dict]:
    """What is still missing before the batch can be handed in, as figures."""
    red = sum(is_red(broken) for broken in case.facts.findings.values())
    rows = (("登记", totals["all"], ""), ("待签", totals["unsigned"], "soon"), ("未编班", totals["unseated"], "soon"))
    rows += (("缺签字表扫描件", totals["unscanned"], "soon"), ("有问题未了", red, "refused"))
    return [{"label": label, "value": f"{n} 名", "tone": tone if n else "done"} for label, n, tone in rows]


def apart_of(totals: dict) -> str:
    """Children with documents of other places, counted apart (第三十九条)."""
    words = (("港澳台学生", "other_places"), ("外籍学生", "abroad"), ("无身份证件", "without"))
    return "，".join(f"{word}{totals[key]}名" for word, key in words if totals[key])


def month_of(case) -> dict:
    """第六条第一款: until when this year's newcomers are to be registered, and the working days left."""
    if not case.intake_year or not case.is_open:
        return {}
    entered, today = case.facts.begins or years.entry_day(case.intake_year), clock.today()
    due = years.register_by(entered)
    calendar = Calendar.between(min(today, due.day), max(today, due.day))
    return {"entered": entered, "due": due.day, "confirmed": due.confirmed, "left": calendar.count(today, due.day)}


def classes_of(case) -> list[dict]:
    """Classes into which children of the batch may be put, by the name of this year, those of grade one first."""
    year = case.intake_year or years.intake_year(clock.today())
    rows = SchoolClass.objects.filter(school=case.lead_school_id, closed_on=None)
    named = [(row.grade_in(year), row.number, row) for row in rows]
    return [{"pk": row.pk, "name": row.choice_in(year)} for grade, _, row in sorted(named, key=order) if grade]


def order(item) -> tuple:
    grade, number, _ = item
    return (grade or 99, number)


def is_red(findings) -> bool:
    """Something is wrong with this child, not merely unfinished."""
    return any(finding.rule.code in RED for finding in findings)


def reasons_of(findings, crowded: bool) -> list[dict]:
    """Every reason beside a child, with its article and remedy."""
    rows = [reason_of(each) for each in findings if each.rule.code not in IN_COLUMNS]
    if crowded:
        rows.append(
            {"message": "拟编班级超过学位", "article": "第八条", "cure": "请改编有空余学位的班级", "warns": False}
        )
    return rows


def reason_of(finding) -> dict:
    warns = finding.level == Level.WARN
    return {"message": finding.message, "article": finding.article, "cure": finding.remedy, "warns": warns}
