"""What the pages of an audit draw: the round school by school, the sheet of one school."""

from collections import Counter

from django.db.models import Count, Q
from django.urls import reverse

from accounts.policies import may
from approvals.presenting import desk_line, verdict_of, with_days
from approvals.rules import judge
from law import clock, parameters

from .case import ANSWER, AUDIT, CLOSE, AuditFinding, AuditSample, TermAudit


def page_of(case: TermAudit, user) -> dict:
    """Context of `supervision/audit.html`."""
    findings, samples = list(case.findings.all()), list(case.samples.select_related("child__school"))
    results = Counter(sample.result for sample in samples)
    fills = case.state in case.SHEET and may(user, case.SHEET[case.state], case.lead_school_id)
    ordering = may(user, "bureau_make", case.lead_school_id)
    for finding in findings:
        ordered = finding.verdict == AuditFinding.Verdict.ORDERED and ordering
        new = reverse("supervision:order_new")
        finding.order_url = f"{new}?school={case.school_id}&breach={finding.breach}" if ordered else ""
    rule = {case.State.DRAFT: 0, case.State.AUDIT_CHECK: 0, case.State.ANSWER: 1, case.State.ANSWER_CHECK: 1}
    wanted = case.RULES[rule.get(case.state, 2)]
    return {
        "desks": desks_of(case),
        "desks_note": "教育局核查、学校说明、教育局认定，各两人签字",
        "findings": findings,
        "samples": samples,
        "told": [
            {"label": label, "value": results[value], "tone": "refused" if value == "absent" else ""}
            for value, label in [*AuditSample.Result.choices, ("", "尚未核查")]
        ],
        **(verdict_of(judge([wanted], case.facts)) if case.is_open else {}),
        "sheet_url": reverse("supervision:audit_sheet", args=[case.number]) if fills else "",
        "prints": prints_of(case),
    }


def prints_of(case: TermAudit) -> list[dict]:
    found = [{"form": "roll_call_sheet", "label": "人籍抽查点名表"}]
    return found + ([] if case.state == case.State.DRAFT else [{"form": "audit_report", "label": "核查报告"}])


def desks_of(case: TermAudit) -> list[dict]:
    params = parameters.on(case.accepted_on or clock.today())
    school, bureau = case.lead_school.short_name, str(case.lead_school.bureau)
    limits = {ANSWER: params["audit.answer_workdays"], CLOSE: params["approval.stage_workdays"]}
    return desk_line(case, [(AUDIT, bureau), (ANSWER, school), (CLOSE, bureau)], limits)


def rows_of(found) -> list[TermAudit]:
    """One row a school: findings, how many are answered and judged, children not there."""
    counted = found.annotate(
        found=Count("findings", distinct=True),
        answered=Count("findings", filter=~Q(findings__answer=""), distinct=True),
        judged=Count("findings", filter=~Q(findings__verdict=""), distinct=True),
        sampled=Count("samples", distinct=True),
        absent=Count("samples", filter=Q(samples__result="absent"), distinct=True),
    )
    return with_days(counted.select_related("lead_school", "desk_school__bureau").order_by("lead_school__code"))


def figures_of(rows: list[TermAudit]) -> dict:
    """The round in figures and as a chart: findings and children not there, the schools with most first."""
    done = sum(1 for row in rows if row.closed_on)
    figures = [
        {"label": "已开始核查的学校", "value": len(rows)},
        {"label": "核查完毕", "value": done},
        {"label": "发现", "value": sum(row.found for row in rows)},
        {"label": "抽查不在校", "value": sum(row.absent for row in rows)},
    ]
    most = sorted(rows, key=lambda row: -(row.found + row.absent))[:20]
    chart = {
        "kind": "bar",
        "unit": "项",
        "labels": [row.lead_school.short_name for row in most],
        "series": [
            {"label": "发现", "values": [row.found for row in most], "urls": [row.get_absolute_url() for row in most]},
            {"label": "抽查不在校", "values": [row.absent for row in most]},
        ],
    }
    return {"figures": figures, "chart": chart if rows else None}
