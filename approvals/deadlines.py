"""Deadlines of the spine: every desk has its working days, and every decision must be done in the national system."""

from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from law import articles
from law.articles import Article
from law.deadline import Deadline, Subject, Unit, declare

from .models import Case, CeimsFiling

STAGE_DAYS = 10  # cases from before the day and number of a clock were written down


def on_desks(which: Q = Q()) -> QuerySet[Case]:
    """Open cases on a desk with a clock, as a deadline asks for them."""
    cases = Case.objects.filter(which, closed_on=None, due_on__isnull=False)
    return cases.annotate(
        subject=F("pk"),
        school=F("desk_school"),
        starts=Coalesce("clock_from", "arrived_on"),
        known=F("arrived_on"),
        right=F("desk_right"),
        length=Coalesce("clock_days", STAGE_DAYS),
    )


def desk(code: str, title: str, which: Q, *, article: Article = articles.TEN_WORKDAYS, start: str = "到达本环节之日"):
    """The deadline of a desk: `which` of the cases on desks it is about. The case knows day and number of its clock."""
    return Deadline(
        code=code,
        article=article,
        title=title,
        unit=Unit.WORKDAYS,
        start=start,
        subject=Subject.CASE,
        right="make_change",
        tells=("known", "right", "length"),
        found=lambda day: on_desks(which),
        # The last signature given on this desk since the case came there.
        met="""SELECT max(s.acted_on) FROM approvals_step s
            WHERE s.case_id = c.subject AND s.acted_on >= c.opened_on AND s.due_on IS NOT NULL""",
        remedy="请在期限内经办或审核本件；不能办理的写明理由退回或不予批准",
        url="approvals:case",
        remind=(3, 1, 0),
    )


# Of kinds whose desks have a deadline of their own, declared by the app of the kind.
SPECIAL: set[str] = set()
# Not declared: by it the due days of the cases themselves are counted again.
EVERY_DESK = desk("case.any_desk", "各环节办理", Q(clock_from__isnull=False))


def not_special() -> Q:
    return ~Q(kind__in=SPECIAL)


def ordinary(code: str, title: str, right: str) -> Deadline:
    """The desks of the ordinary kinds, by who sits there."""
    made = desk(code, title, Q())
    rights = Q(desk_right__in=RIGHTS[right])
    return Deadline(**{**vars(made), "found": lambda day: on_desks(rights & not_special()), "right": right})


RIGHTS = {
    "make_change": ["make_change", "check_change", "sign_change", "teach_class"],
    "bureau_make": ["bureau_make", "bureau_check"],
    "bureau_sign": ["bureau_sign"],
}


def filings(day: date) -> QuerySet[CeimsFiling]:
    waiting = CeimsFiling.objects.filter(needless=False)
    return waiting.annotate(subject=F("pk"))


def not_entered(day: date) -> QuerySet[CeimsFiling]:
    return filings(day).filter(filed_on=None).annotate(starts=F("decided_on"))


def not_confirmed(day: date) -> QuerySet[CeimsFiling]:
    return filings(day).filter(filed_on__isnull=False, confirmed_on=None).annotate(starts=F("filed_on"))


declare(
    ordinary("case.school_desk", "学校环节办理", "make_change"),
    ordinary("case.bureau_desk", "教育局环节核办", "bureau_make"),
    ordinary("case.leader_desk", "主管局长签批", "bureau_sign"),
    Deadline(
        code="ceims.entered",
        article=articles.CHANGES_IN_TIME,
        title="已批未录：录入学籍系统",
        unit=Unit.WORKDAYS,
        length="ceims.enter_workdays",
        start="本县决定之日",
        subject=Subject.FILING,
        right="make_change",
        tells=("right",),
        found=not_entered,
        met="SELECT f.filed_on FROM approvals_ceimsfiling f WHERE f.id = c.subject",
        remedy="请在全国学籍系统内办理，并登记系统办理日",
        url="approvals:filings",
        remind=(1, 0),
    ),
    Deadline(
        code="ceims.confirmed",
        article=articles.CHANGES_IN_TIME,
        title="已录未核：登记系统核办结果",
        unit=Unit.WORKDAYS,
        length="ceims.confirm_workdays",
        start="系统办理日",
        subject=Subject.FILING,
        right="make_change",
        tells=("right",),
        found=not_confirmed,
        met="SELECT f.confirmed_on FROM approvals_ceimsfiling f WHERE f.id = c.subject",
        remedy="请在全国学籍系统内催办，并登记系统核办日和结果",
        url="approvals:filings",
    ),
)
