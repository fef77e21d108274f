"""Deadlines of the ledgers of 控辍保学: every school reports every month, the bureau reviews every quarter."""

from datetime import date

from law import articles
from law.deadline import Deadline, Subject, Unit, declare

from .ledger_reports import month_ends, quarter_ends

WITHOUT_MONTH = """SELECT s.id, s.id, e.day FROM schools_school s CROSS JOIN unnest(%(ends)s::date[]) e (day)
WHERE s.closed_on IS NULL AND NOT EXISTS (SELECT FROM supervision_ledgerreport r
    WHERE r.kind = 'month' AND r.school_id = s.id AND r.period_end = e.day)"""
WITHOUT_QUARTER = """SELECT b.id, NULL::bigint, e.day FROM schools_bureau b CROSS JOIN unnest(%(ends)s::date[]) e (day)
WHERE EXISTS (SELECT FROM schools_school s WHERE s.bureau_id = b.id) AND NOT EXISTS (
    SELECT FROM supervision_ledgerreport r
    WHERE r.kind = 'quarter' AND r.bureau_id = b.id AND r.period_end = e.day)"""


def unreported(day: date) -> tuple[str, dict]:
    """Schools and the months they have not reported, zero reports wanting as well."""
    return WITHOUT_MONTH, {"ends": month_ends(day)}


def unreviewed(day: date) -> tuple[str, dict]:
    """Bureaus and the quarters they have not reviewed."""
    return WITHOUT_QUARTER, {"ends": quarter_ends(day)}


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
