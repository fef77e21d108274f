"""What the pages of the school year draw: the bureau's overview, a school's list, the cases, the papers."""

from collections import defaultdict
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from accounts.policies import may
from approvals.presenting import desk_line, verdict_of, with_days
from approvals.rules import judge
from law import clock, parameters
from law.school_time import grade_name, school_year_name
from schools.models import Bureau, School
from students.importing.findings import masked

from ..models.certificate import Certificate
from ..models.child import Student
from . import rolls
from .calendar import finishing_grades, graduation_days, turn_of
from .graduation import WARNINGS, Graduation
from .promotion import PromotionRun
from .services import CHECKS, MAKES, SIGNS, summed

SHOWN, GLANCE = 50, 200
STATUS_WORDS = dict(Student.Status.choices)


def lines_of_figures(figures: dict) -> list[dict]:
    return [{"label": STATUS_WORDS.get(name, name), "value": f"{count} 名"} for name, count in figures.items()]


def page_of_graduation(case, user) -> dict:
    """Context of the case page of one list: who is on it, what was decided, who is left out meanwhile."""
    _, last_day = graduation_days(case.year)
    seen = case.subjects.filter(child__in=Student.objects.visible_to(user)).select_related("child").order_by("pk")
    step = case.steps.filter(action="approve").last()
    limit = parameters.on(case.accepted_on or clock.today())["approval.stage_workdays"]
    return {
        "desks": desk_line(case, [(stage, str(case.lead_school)) for stage in case.STAGES], limit),
        "desks_note": "学校经办、审核两人签字即办结",
        "lines": [
            {"label": "名单", "value": case.title},
            {"label": "人数", "value": f"{case.subjects.count()} 名"},
            {"label": "应在此日前完成", "value": f"{last_day:%Y年%-m月%-d日}"},
            *lines_of_figures(step.particulars if step else {}),
        ],
        "rows": [subject.child for subject in seen[:SHOWN]],
        "count": case.subjects.count(),
        "shown": SHOWN,
        "school_url": reverse("students:year_school", args=[case.lead_school_id]),
        **(verdict_of(judge((*case.RULES, *WARNINGS), case.facts)) if case.is_open else {}),
    }


def page_of_assessment(case, user) -> dict:
    """Context of the case page of results: the counts, and the first children in sight."""
    seen = case.results.filter(child__in=Student.objects.visible_to(user)).select_related("child__school")
    counts = case.results.aggregate(all=Count("pk"), passed=Count("pk", Q(passed=True)))
    limit = parameters.on(case.accepted_on or clock.today())["approval.stage_workdays"]
    return {
        "desks": desk_line(case, [(stage, str(case.lead_school.bureau)) for stage in case.STAGES], limit),
        "desks_note": "教育局经办、审核两人签字",
        "lines": [
            {"label": "学年", "value": school_year_name(case.year)},
            {"label": "结果文件", "value": case.file_name},
            {"label": "合格", "value": f"{counts['passed']} 名"},
            {"label": "不合格", "value": f"{counts['all'] - counts['passed']} 名"},
        ],
        "rows": seen[:SHOWN],
        "count": counts["all"],
        "shown": SHOWN,
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def page_of_promotion(case, user) -> dict:
    """Context of the case page of one school's promotion."""
    step = case.steps.filter(action="approve").last()
    seen = case.subjects.filter(child__in=Student.objects.visible_to(user)).select_related("child").order_by("pk")
    return {
        "desks": desk_line(case, [(stage, str(case.lead_school.bureau)) for stage in case.STAGES], None),
        "desks_note": "全县各校一次办理",
        "lines": [
            {"label": "学年", "value": f"{school_year_name(case.year)}升入{school_year_name(case.year + 1)}"},
            {"label": "升级人数", "value": f"{step.particulars.get('promoted', 0) if step else 0} 名"},
        ],
        "rows": [subject.child for subject in seen[:SHOWN]],
        "count": case.subjects.count(),
        "shown": SHOWN,
    }


# ── 学年 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def bureau_page(bureau: Bureau, year: int, user) -> dict:
    """The bureau's overview: graduation school by school, then the promotion as far as it has come."""
    schools = list(School.objects.filter(bureau=bureau, closed_on=None).order_by("code"))
    opens_on, last_day = graduation_days(year)
    numbers = parameters.on(clock.today())
    runs = PromotionRun.objects.filter(bureau=bureau, year=year).select_related("made_by", "job")
    run = runs.first()
    return {
        "bureau": bureau,
        "graduations": graduation_rows(schools, year),
        "opens_on": opens_on,
        "last_day": last_day,
        "late": clock.today() > last_day,
        "run": run,
        "turn": turn_of(year),
        **promotion_preview([school.pk for school in schools], year, numbers["promotion.dropout_advances"]),
        **acts_on(run, user, schools, numbers.yearly("promotion.first_day", year + 1)),
    }


def promotion_preview(schools: list[int], year: int, dropouts: bool) -> dict:
    """The dry run as of today, by grade, with the first exceptions."""
    seen = summed(rolls.promotion_counts(year, schools, dropouts=dropouts))
    grades: dict[int, int] = defaultdict(int)
    for _, grade, fate, children, _ in seen["groups"]:
        if fate == "advances":
            grades[grade] += children
    left = {fate: count for fate, count in seen["fates"].items() if fate not in ("advances", "already", "leaver")}
    return {
        "advancing": seen["fates"].get("advances", 0),
        "busy": seen["busy"],
        "grades": [
            {"from": grade_name(grade), "to": grade_name(grade + 1), "children": children}
            for grade, children in sorted(grades.items())
        ],
        "left": [
            {"reason": rolls.words_of(fate)[0], "remedy": rolls.words_of(fate)[1], "children": count}
            for fate, count in sorted(left.items(), key=lambda item: -item[1])
        ],
        "exceptions": rolls.left_out_of_promotion(year, schools, dropouts=dropouts, limit=SHOWN),
        "shown": SHOWN,
    }


def acts_on(run: PromotionRun | None, user, schools: list[School], opens: date) -> dict:
    """Which acts on the promotion are this person's now; the services ask again. `opens`: the first day of making."""
    one = schools[0] if schools else None
    holds = {right: bool(one and may(user, right, one)) for right in (MAKES, CHECKS, SIGNS)}
    state = run.state if run else ""
    at_work = bool(run and run.job and not run.job.finished)
    return {
        "at_work": at_work,
        "job": run.job if run and run.job and run.job.requested_by_id == user.pk else None,
        "submits": holds[MAKES] and state not in ("submitted", "done"),
        "submit_from": opens,
        "may_submit": holds[MAKES] and state not in ("submitted", "done") and clock.today() >= opens,
        "may_withdraw": holds[MAKES] and state == "submitted" and not at_work,
        "may_confirm": holds[CHECKS] and state == "submitted" and not at_work and run.made_by_id != user.pk,
        "may_undo": holds[SIGNS] and state == "done" and not at_work,
        "may_import": holds[MAKES],
    }


def graduation_rows(schools: list[School], year: int) -> list[dict]:
    """Per school and finishing grade: who may graduate, who is left out, who has graduated, whether a list is open."""
    waiting: dict[tuple, dict] = defaultdict(lambda: defaultdict(int))
    for school, grade, fate, children in rolls.graduation_counts(year, [s.pk for s in schools]):
        kind = fate if fate in ("graduates", "in_hand") else "left_out"
        waiting[school, grade][kind] += children
    lists = Graduation.objects.filter(lead_school__in=schools, year=year).exclude(state__in=("withdrawn", "refused"))
    done = lists.filter(state="done").values_list("lead_school", "grade").annotate(Count("subjects"))
    graduated = {(school, grade): count for school, grade, count in done}
    rows = [(s, grade) for s in schools for grade in finishing_grades(s)]
    return [
        {
            "school": school,
            "grade": grade,
            "grade_name": grade_name(grade),
            "url": reverse("students:year_school", args=[school.pk]),
            "done": graduated.get((school.pk, grade), 0),
            **{name: waiting[school.pk, grade].get(name, 0) for name in ("graduates", "in_hand", "left_out")},
        }
        for school, grade in rows
    ]


def school_page(school: School, year: int, user) -> dict:
    """One school: its finishing grades, the children left out with the reason, its lists."""
    opens_on, last_day = graduation_days(year)
    lists = Graduation.objects.filter(lead_school=school, year=year).order_by("-pk")
    today = clock.today()
    return {
        "school": school,
        "grades": graduation_rows([school], year),
        "left_out": rolls.left_out_of_graduation(year, [school.pk], grade=None, limit=GLANCE),
        "lists": with_days(lists),
        "opens_on": opens_on,
        "last_day": last_day,
        "open": today >= opens_on,
        "late": today > last_day,
        "may_start": may(user, "make_change", school),
    }


# ── 证书 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def counts_of_papers(papers) -> dict:
    """How far the papers of a list have come, in one question."""
    return papers.aggregate(
        all=Count("pk"),
        graduation=Count("pk", Q(kind=Certificate.Kind.GRADUATION)),
        completion=Count("pk", Q(kind=Certificate.Kind.COMPLETION)),
        without_number=Count("pk", Q(number="")),
        sealed=Count("pk", Q(sealed_on__isnull=False)),
        collected=Count("pk", Q(collected_on__isnull=False)),
    )


def rows_of_results(judged) -> list[dict]:
    return [
        {"row": line.row, "child": child, "said": "合格" if line.passed else "不合格", "score": line.score}
        for line, child in judged.good
    ]


def rows_of_numbers(judged) -> list[dict]:
    return [
        {"row": line.row, "child": paper.student, "said": masked(line.certificate), "score": ""}
        for line, paper in judged.good
    ]
