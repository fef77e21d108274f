"""What the transfer page shows beyond any case: four desks, the child, from and to, verdict, task list."""

from django.urls import reverse

from accounts.policies import may
from approvals.presenting import desk_line, verdict_of
from approvals.rules import judge
from law import clock, parameters
from law.school_time import grade_name, school_year_of
from students.presenting import person_line

from . import rules
from .desks import FILE_CALL, FROM_BUREAU, FROM_SCHOOL, PREREVIEW_BUREAU, PREREVIEW_SCHOOL, TO_BUREAU, TO_SCHOOL, State
from .grounds import Ground

BEFORE_START = (State.DRAFT, State.SCHOOL_REVIEW, State.BUREAU_REVIEW, State.BUREAU_REVIEW_CHECK)


def page_of(case, user) -> dict:
    """Context of the transfer page."""
    child = case.child
    verdict = judge([*rules.RULES, rules.class_is_chosen], case.facts) if case.state in BEFORE_START else None
    keeps = case.state == State.DRAFT and may(user, "make_change", case.lead_school_id)
    return {
        "child": child,
        "person": person_line(child, user, case.from_class),
        "desks": desks_of(case),
        "desks_note": "每个环节经办、审核两人签字，法定十个工作日",
        "move_facts": facts_of_move(case),
        **(verdict_of(verdict) if verdict else {}),
        "today": case.accepted_on or clock.today(),
        "tasks": tasks_of(case, verdict) if keeps else [],
        "draft_url": reverse("transfers:draft", args=[case.number]) if keeps else "",
        "prints": prints_of(case),
    }


def prints_of(case) -> list[dict]:
    """The forms that make sense in this state."""
    forms = [("one_time_notice", "一次性告知单"), ("transfer_contact", "转学联系表")]
    if case.lead_school.county_direct:
        forms.append(("direct_form", "县直学校转入审核表"))
    if case.ground == Ground.INVESTOR:
        forms.append(("investor_form", "企业家（人才）子女就学审核表"))
    if case.accepted_on:
        forms.append(("acceptance_receipt", "受理回执"))
    if case.state in case.SUCCESS and not case.from_outside:
        forms.append(("transfer_proof", "转学证明"))
    if case.state == State.REFUSED:
        forms.append(("refusal_notice", "不予受理告知书"))
    return [{"form": code, "label": label} for code, label in forms]


def desks_of(case) -> list[dict]:
    """预审 and the four desks with their units."""
    bureau = str(case.lead_school.bureau)
    outside = f"{case.from_school_name}（县外，由教育局登记）"
    from_unit = outside if case.from_outside else case.peer_school.short_name
    from_bureau = "转出地教育行政部门（由教育局登记）" if case.from_outside else bureau
    stages = [(TO_SCHOOL, case.lead_school.short_name), (TO_BUREAU, bureau), (FROM_SCHOOL, from_unit)]
    stages.append((FROM_BUREAU, from_bureau))
    if case.calls_file:
        stages.append((FILE_CALL, case.lead_school.short_name))
    if case.state in BEFORE_START or case.desk_stage in (PREREVIEW_SCHOOL, PREREVIEW_BUREAU):
        stages = [(PREREVIEW_SCHOOL, case.lead_school.short_name), (PREREVIEW_BUREAU, bureau), *stages]
    return desk_line(case, stages, parameters.on(clock.today())["approval.stage_workdays"])


def facts_of_move(case) -> list[dict]:
    year = school_year_of(clock.today())
    rows = [
        ("转出学校", f"{case.from_school_name}（{case.from_school_code or case.from_division}）"),
        ("转入学校", f"{case.lead_school.name}（{case.lead_school.code}）"),
        ("年级", grade_name(case.grade)),
        ("拟转入班级", case.to_class.name_in(year) if case.to_class else "待定"),
        ("转学范围", case.scope),
        ("转学理由", case.get_ground_display()),
        ("理由说明", case.ground_note),
        ("受理日期", f"{case.accepted_on:%Y年%-m月%-d日}" if case.accepted_on else "未受理"),
    ]
    if case.return_home:
        rows.append(("回原籍参加中考", "是"))
    if case.exception_reason:
        rows.append(("特批理由", case.exception_reason))
    if case.arrived_at_school_on:
        rows.append(("报到日期", f"{case.arrived_at_school_on:%Y年%-m月%-d日}"))
    return [{"label": label, "value": value} for label, value in rows]


def tasks_of(case, verdict) -> list[dict]:
    """学生与去向 · 理由 · 材料 · 核对 · 提交, with honest states."""
    draft = reverse("transfers:draft", args=[case.number])
    papers_done = not (case.facts.missing_papers or case.facts.unchecked_papers)
    blocked = verdict.word == "no" or case.facts.exception_missing
    return [
        {"label": "学生与去向", "url": draft, "state": "done" if case.to_class else "todo", "hint": "确认年级、班级"},
        {
            "label": "理由",
            "url": draft,
            "state": "todo" if case.facts.exception_missing else "done",
            "hint": "须写明特批理由" if case.facts.exception_missing else case.get_ground_display(),
        },
        {
            "label": "材料",
            "url": "#papers",
            "state": "done" if papers_done else "todo",
            "hint": "" if papers_done else f"还差：{case.facts.missing_papers or case.facts.unchecked_papers}",
        },
        {
            "label": "核对",
            "url": "#kept-rules" if verdict.word == "yes" else "#rules",
            "state": "blocked" if blocked else "done",
            "hint": "逐条核对是否可以办理",
        },
        {
            "label": "提交",
            "url": "#act",
            "state": "blocked" if blocked or not papers_done else "todo",
            "word": "" if blocked or not papers_done else "可提交",
        },
    ]


def to_type(case) -> list[dict]:
    """What the national system's transfer screen asks for, ready to copy."""
    child = case.child
    rows = [
        ("学生姓名", child.name),
        ("转出学校标识码", case.from_school_code),
        ("转出学校", case.from_school_name),
        ("转入学校标识码", case.lead_school.code),
        ("转入年级", grade_name(case.grade)),
        ("转学类型", case.scope),
        ("转学原因", case.get_ground_display()),
        ("申请日期", f"{case.accepted_on:%Y%m%d}" if case.accepted_on else ""),
    ]
    return [{"label": label, "value": value, "copy_text": value} for label, value in rows]
