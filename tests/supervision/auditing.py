"""A term's audit for stories: begun by the clerk, its sheet filled in, walked along by the right hands."""

from accounts.roles import Role
from approvals.services import perform
from supervision.audits.services import begin_round, fill_in
from tests.county import hand_for, staff_member


def begun(bureau):
    """This term's audits of all schools of the bureau, by school."""
    return {case.school_id: case for case in begin_round(by=staff_member(Role.BUREAU_CLERK, bureau))}


def roll_called(case, absent=()):
    """Every sampled child was there but these."""
    clerk = hand_for(case, Role.BUREAU_CLERK, "bureau")
    results = {
        sample.pk: {"result": "absent" if sample.child in absent else "present", "note": ""}
        for sample in case.samples.all()
    }
    return fill_in(case, by=clerk, samples=results)


def answered(case, answer="fixed", words="已办理"):
    registrar = hand_for(case, Role.REGISTRAR, "lead")
    given = {finding.pk: {"answer": answer, "words": words} for finding in case.findings.all()}
    return fill_in(case, by=registrar, findings=given)


def judged(case, verdict="cleared"):
    clerk = hand_for(case, Role.BUREAU_CLERK, "bureau")
    return fill_in(case, by=clerk, findings={finding.pk: {"verdict": verdict} for finding in case.findings.all()})


def acted(case, *steps):
    roles = {
        "submit": (Role.BUREAU_CLERK, "bureau"),
        "issue": (Role.BUREAU_CHECKER, "bureau"),
        "answer": (Role.REGISTRAR, "lead"),
        "vouch": (Role.HEADMASTER, "lead"),
        "judge_findings": (Role.BUREAU_CLERK, "bureau"),
        "close": (Role.BUREAU_CHECKER, "bureau"),
    }
    for action in steps:
        case = perform(case, action, by=hand_for(case, *roles[action]))
    return case


def walked(case, absent=()):
    """From the roll call to the end."""
    case = acted(roll_called(case, absent), "submit", "issue")
    case = acted(answered(case), "answer", "vouch")
    return acted(judged(case), "judge_findings", "close")
