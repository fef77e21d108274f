"""What the page of a closing shows: both schools, how many children, classes and open cases go over, the rules."""

from django.urls import reverse

from accounts.policies import may
from approvals.models import Case
from approvals.presenting import verdict_of
from approvals.rules import judge
from law import clock
from law.school_time import school_year_of
from students.change_pages import desks_of, lines_of
from students.models import Enrolment


def page_of(case, user) -> dict:
    """Context of `transfers/closing.html`."""
    keeps = case.state == case.State.DRAFT and may(user, case.OPENER.right, case.lead_school_id)
    return {
        "desks": desks_of(case),
        "desks_note": "教育局经办、审核两人签字，主管局长签批",
        "lines": [{"label": "撤并学校", "value": case.lead_school.name}, *lines_of(case)],
        "counts": counts_of(case),
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
        "draft_url": reverse("closings:draft", args=[case.number]) if keeps else "",
        "prints": [{"form": code, "label": label} for code, label in case.PRINTS],
    }


def counts_of(case) -> list[dict]:
    """What goes over, as it stands today; after the decision as it was signed."""
    step = case.steps.filter(action="approve").last()
    said = step.particulars if step else present_counts(case)
    words = {
        "children": ("学生", "名"),
        "guests": ("随班就读（学籍在他校）", "名"),
        "classes": ("班级", "个"),
        "open_cases": ("在办业务", "件"),
    }
    return [{"label": label, "value": f"{said.get(name, 0)} {unit}"} for name, (label, unit) in words.items()]


def present_counts(case) -> dict:
    school, year = case.lead_school, school_year_of(clock.today())
    return {
        "children": Enrolment.objects.living().filter(school=school).count(),
        "guests": Enrolment.objects.living().filter(attends=school).count(),
        "classes": sum(each.grade_in(year) is not None for each in school.classes.filter(closed_on=None)),
        "open_cases": Case.objects.open().filter(lead_school=school).exclude(pk=case.pk).count()
        + Case.objects.open().filter(peer_school=school).exclude(lead_school=school).exclude(pk=case.pk).count(),
    }
