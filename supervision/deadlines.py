"""Deadlines of the ledgers of 控辍保学: every school reports every month, the bureau reviews every quarter."""

from datetime import date

from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Value

from law import articles
from law.deadline import Deadline, Subject, Unit, declare
from schools.models import Bureau, School

from .ledger_reports import Kind, month_ends, quarter_ends
from .models import LedgerReport


def wanting(owners: list[QuerySet]) -> QuerySet | None:
    return owners[0].union(*owners[1:], all=True) if len(owners) > 1 else owners[0] if owners else None


def unreported(day: date) -> QuerySet | None:
    """Schools and the months they have not reported, zero reports wanting as well."""
    return wanting([_without_month(end) for end in month_ends(day)])


def _without_month(end: date) -> QuerySet[School]:
    made = LedgerReport.objects.filter(kind=Kind.MONTH, school=OuterRef("pk"), period_end=end)
    schools = School.objects.filter(~Exists(made), closed_on=None).order_by()
    return schools.annotate(subject=F("pk"), starts=Value(end)).values_list("subject", "pk", "starts")


def unreviewed(day: date) -> QuerySet | None:
    return wanting([_without_quarter(end) for end in quarter_ends(day)])


def _without_quarter(end: date) -> QuerySet[Bureau]:
    made = LedgerReport.objects.filter(kind=Kind.QUARTER, bureau=OuterRef("pk"), period_end=end)
    bureaus = Bureau.objects.filter(~Exists(made), Exists(School.objects.filter(bureau=OuterRef("pk")))).order_by()
    none = Value(None, output_field=BigIntegerField())
    return bureaus.annotate(none=none, starts=Value(end)).values_list("pk", "none", "starts")


MADE = "SELECT r.made_on FROM supervision_ledgerreport r WHERE r.kind = '{}' AND r.period_end = c.starts_on AND {}"

declare(
    Deadline(
        code="dropout.month_report",
        article=articles.DROPOUT_REPORTED,
        title="控辍保学月报",
        unit=Unit.DAYS,
        length="dropout.report_days",
        start="月末",
        subject=Subject.SCHOOL,
        right="make_change",
        found=unreported,
        met=MADE.format("month", "r.school_id = c.subject"),
        remedy="请核对本校控辍台账后报送月报，没有辍学学生的也要零报告",
        url="supervision:ledger_reports",
    ),
    Deadline(
        code="dropout.quarter_review",
        article=articles.DROPOUT_REPORTED,
        title="控辍保学季度复核",
        unit=Unit.DAYS,
        length="dropout.report_days",
        start="季末",
        subject=Subject.BUREAU,
        right="bureau_make",
        found=unreviewed,
        met=MADE.format("quarter", "r.bureau_id = c.subject"),
        remedy="请复核各校控辍台账和月报，登记季度复核",
        url="supervision:ledger_reviews",
    ),
)
