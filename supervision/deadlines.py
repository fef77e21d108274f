"""Deadlines of supervision: ledgers of 控辍保学, audits, orders and complaints (第三十五、三十六、三十八条)."""

from datetime import date

from django.db.models import Q

from approvals.deadlines import desk
from law import articles
from law.deadline import Deadline, Subject, Unit, declare

from .audits.case import ANSWER as AUDIT_ANSWER
from .complaints.words import ACT, ANSWER, OPINION, ORDER, REVIEW, VERIFY
from .ledger_reports import month_ends, quarter_ends, system_began
from .orders.case import CORRECT

WITHOUT_MONTH = """SELECT s.id, s.id, e.day FROM schools_school s CROSS JOIN unnest(%(ends)s::date[]) e (day)
WHERE s.closed_on IS NULL AND NOT EXISTS (SELECT FROM supervision_ledgerreport r
    WHERE r.kind = 'month' AND r.school_id = s.id AND r.period_end = e.day)"""
WITHOUT_QUARTER = """SELECT b.id, NULL::bigint, e.day FROM schools_bureau b CROSS JOIN unnest(%(ends)s::date[]) e (day)
WHERE EXISTS (SELECT FROM schools_school s WHERE s.bureau_id = b.id) AND NOT EXISTS (
    SELECT FROM supervision_ledgerreport r
    WHERE r.kind = 'quarter' AND r.bureau_id = b.id AND r.period_end = e.day)"""

AUDITED = """SELECT k.closed_on FROM supervision_termaudit a JOIN approvals_case k ON k.id = a.case_ptr_id
    WHERE k.state = 'done' AND a.school_id = {school} AND a.year = {year} AND a.term = {number}"""
WITHOUT_AUDIT = f"""SELECT s.id, s.id, t.starts, t.ends FROM schools_school s CROSS JOIN law_term t
WHERE s.closed_on IS NULL AND t.starts <= %(day)s AND t.ends >= %(began)s
    AND NOT EXISTS ({AUDITED.format(school="s.id", year="t.year", number="t.number")})"""
OF_THE_TERM = "(SELECT t.{} FROM law_term t WHERE t.starts = c.starts_on)"
AUDIT_MET = AUDITED.format(school="c.subject", year=OF_THE_TERM.format("year"), number=OF_THE_TERM.format("number"))


def unreported(day: date) -> tuple[str, dict]:
    """Schools and the months they have not reported, zero reports wanting as well."""
    return WITHOUT_MONTH, {"ends": month_ends(day)}


def unreviewed(day: date) -> tuple[str, dict]:
    """Bureaus and the quarters they have not reviewed."""
    return WITHOUT_QUARTER, {"ends": quarter_ends(day)}


MADE = "SELECT r.made_on FROM supervision_ledgerreport r WHERE r.kind = '{}' AND r.period_end = c.starts_on AND {}"


def unaudited(day: date) -> tuple[str, dict]:
    """Schools and the terms whose audit is not finished; due with the term's last day, owed until it is done."""
    return WITHOUT_AUDIT, {"day": day, "began": system_began() or day}


def leg(code: str, title: str, stage: str, right: str, remedy: str, article=articles.COMPLAINT_CLOCK) -> Deadline:
    """One leg of a complaint (第三十六条)."""
    start = "收到投诉之日" if stage == ORDER else "到达本环节之日"
    given = {"article": article, "right": right, "remedy": remedy, "start": start}
    return desk(code, title, Q(kind="complaint", desk_stage=stage), remind=(1, 0), **given)


declare(
    desk(
        "audit.answer",
        "学期核查：学校说明整改",
        Q(kind="audit", desk_stage=AUDIT_ANSWER),
        article=articles.TERM_CHECK,
        remedy="请逐项整改、说明，由学校领导审核后报送",
    ),
    Deadline(
        code="audit.term",
        article=articles.TERM_CHECK,
        title="学期核查",
        unit=Unit.FIXED,
        start="开学之日",
        subject=Subject.SCHOOL,
        right="bureau_make",
        tells=("due",),
        found=unaudited,
        met=AUDIT_MET,
        remedy="请开始本学期核查，在学期结束前逐项认定完毕",
        url="supervision:audits",
        remind=(30, 7, 0),
    ),
    desk(
        "order.correct",
        "责令改正：学校改正",
        Q(kind="order", desk_stage=CORRECT),
        article=articles.ORDERED,
        start="签发责令改正通知书之日",
        remedy="请在期限内改正并报告；逾期不改的依法追究责任",
        remind=(5, 1, 0),
    ),
    leg("complaint.order", "投诉发核查单", ORDER, "bureau_make", "请核对投诉，写明核查要点，发出核查单"),
    leg("complaint.verify", "投诉学校核查", VERIFY, "make_change", "请逐项核查，如实填报，由学校领导审核后反馈"),
    leg("complaint.opinion", "投诉处理意见", OPINION, "bureau_make", "请根据核查情况提出处理意见，属实的发督办单"),
    leg("complaint.act", "投诉学校办结", ACT, "make_change", "请按督办单办结，并由学校领导审核后反馈"),
    leg("complaint.answer", "告知投诉人", ANSWER, "bureau_make", "请把处理结果告知投诉人并登记", articles.COMPLAINTS),
    leg(
        "complaint.review",
        "投诉复核",
        REVIEW,
        "bureau_sign",
        "请复核处理意见：维持，或者发回重新核查",
        articles.COMPLAINTS,
    ),
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
