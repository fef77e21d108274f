"""Papers of a term's audit (第三十五条): the list for the roll call, and the report of what was found and judged."""

from collections import Counter

from approvals.models import Case
from supervision.audits.case import ANSWER, AUDIT, CLOSE

from .decisions import signers_of


def roll_call_sheet(case: Case | None) -> dict:
    """The sampled children of one school, to be ticked off; blank lines without a case."""
    if case is None:
        return {"rows": [{} for _ in range(13)], "decision": "空白表"}
    return {
        "case_number": case.number,
        "school": case.lead_school.name,
        "term": case.term_name,
        "rows": [
            {
                "place": sample.place,
                "name": sample.child.name,
                "sex": sample.child.sex_name,
                "result": sample.result,
                "note": sample.note,
            }
            for sample in case.samples.select_related("child")
        ],
        "decision": case.state_name,
    }


def audit_report(case: Case | None) -> dict:
    """The report on one school."""
    if case is None:
        return {"rows": [{} for _ in range(9)], "decision": "空白表"}
    findings, samples = list(case.findings.all()), list(case.samples.all())
    told = Counter(sample.get_result_display() or "尚未核查" for sample in samples)
    judged = Counter(finding.get_verdict_display() for finding in findings if finding.verdict)
    return {
        "case_number": case.number,
        "school": case.lead_school.name,
        "bureau": str(case.lead_school.bureau),
        "term": case.term_name,
        "sampled": len(samples),
        "told": in_words(told, "名"),
        "found": len(findings),
        "judged": in_words(judged, "项"),
        "rows": [row_of(finding) for finding in findings],
        "audited_by": signers_of(case, AUDIT),
        "answered_by": signers_of(case, ANSWER),
        "closed_by": signers_of(case, CLOSE),
        "decision": case.state_name,
    }


def row_of(finding) -> dict:
    said = f"{finding.get_answer_display()}：{finding.words}" if finding.answer else ""
    return {
        "title": finding.title,
        "number": str(finding.number),
        "source": finding.get_source_display(),
        "answer": said,
        "verdict": finding.get_verdict_display(),
    }


def in_words(counted: Counter, unit: str) -> str:
    return "，".join(f"{label}{number}{unit}" for label, number in counted.most_common())
