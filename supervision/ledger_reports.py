"""学校一月一报告、县一季度一复核 (第三十条): signing that the ledger of a period has been gone through, zero or not."""

from collections import Counter
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Min

from accounts.policies import powers_behind, school_ids_where
from approvals.errors import NotYourHand, Refused
from approvals.models import Case
from law import clock
from law.articles import DROPOUT_REPORTED
from law.models import Term
from schools.models import Bureau, School
from suspensions.ledger import month_rows

from .models import LedgerReport

Kind = LedgerReport.Kind


def system_began() -> date | None:
    """The day of the first case: nothing is owed for a time before it."""
    return Case.objects.aggregate(first=Min("opened_on"))["first"]


def month_ends(day: date) -> list[date]:
    """The last days of the months with lessons that are over by `day`, latest first; none before this system began."""
    began = system_began()
    terms = list(Term.objects.filter(starts__lte=day).values_list("starts", "ends"))
    ends, last = [], day.replace(day=1) - timedelta(days=1)
    while began and last >= began:
        first = last.replace(day=1)
        if any(starts <= last and first <= over for starts, over in terms):
            ends.append(last)
        last = first - timedelta(days=1)
    return ends


def quarter_ends(day: date) -> list[date]:
    """The last days of the calendar quarters that are over by `day`, the latest first."""
    began = system_began()
    ends, last = [], day.replace(day=1) - timedelta(days=1)
    while began and last >= began:
        if last.month % 3 == 0:
            ends.append(last)
        last = last.replace(day=1) - timedelta(days=1)
    return ends


def quarter_begins(end: date) -> date:
    """The first day of the quarter that ends on this day."""
    return date(end.year, end.month - 2, 1)


def figures_of(kind: str, schools: set[int], period_end: date) -> dict[str, int]:
    """What the ledger of these schools says of the month or quarter, added up as the page of the months shows it."""
    first = quarter_begins(period_end) if kind == Kind.QUARTER else period_end.replace(day=1)
    totals: Counter[str] = Counter()
    for row in month_rows(schools, first, period_end):
        totals.update({name: count for name, count in row.items() if name != "school"})
    return dict(totals)


@transaction.atomic
def report_month(school: School, period_end: date, *, by, note: str = "") -> LedgerReport:
    """The registrar reports a month. Raises NotYourHand, Refused before the month is over or when it is reported."""
    if not powers_behind(by, "make_change", school.pk):
        raise NotYourHand(f"月报由{school}的学籍管理员报送（{DROPOUT_REPORTED}）。")
    refuse_period(period_end, month_ends(clock.today()))
    return _signed(Kind.MONTH, {school.pk}, period_end, bureau=school.bureau, school=school, made_by=by, note=note)


@transaction.atomic
def review_quarter(bureau: Bureau, period_end: date, *, by, note: str = "") -> LedgerReport:
    """The bureau's clerk reviews a quarter. Raises as `report_month` does."""
    here = set(School.objects.filter(bureau=bureau).values_list("pk", flat=True))
    if not here & school_ids_where(by, "bureau_make"):
        raise NotYourHand(f"季度复核由{bureau}经办人员登记（{DROPOUT_REPORTED}）。")
    refuse_period(period_end, quarter_ends(clock.today()))
    return _signed(Kind.QUARTER, here, period_end, bureau=bureau, school=None, made_by=by, note=note)


def refuse_period(period_end: date, periods: list[date]) -> None:
    if period_end not in periods:
        raise Refused(f"{period_end:%Y年%-m月}不在应报告的期间内，请选择已经结束的月份或季度。")


def _signed(kind: str, schools: set[int], period_end: date, **fields) -> LedgerReport:
    figures = figures_of(kind, schools, period_end)
    given = {"kind": kind, "period_end": period_end, "made_on": clock.today(), "figures": figures}
    try:
        with transaction.atomic():
            return LedgerReport.objects.create(**given, **fields)
    except IntegrityError as error:
        raise Refused(f"{period_end:%Y年%-m月}的报告已经登记，不能重复（{DROPOUT_REPORTED}）。") from error
