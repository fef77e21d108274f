"""What the pages of 问题学籍 draw: two records side by side, and what may be done about a finding, in plain words."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.policies import Powers, may, powers_of
from jianping_xueji import vault
from law import articles

from ..models.child import Student
from ..models.problem import Problem
from ..presenting import places_of, tone_of

TONES = {Problem.State.OPEN: "soon", Problem.State.ENDED: "idle", Problem.State.PROVED: "done"}
SEXES = {"1": "男", "2": "女"}

# The remedies of each class: kind of case, what it means, in which case it is the right one, its article.
_PROVE = ("proof", "佐证", "登记属实的，凭在校证明和户口簿（身份证）佐证，核准后永不再报", articles.NO_FALSE_RECORD)
_CORRECT = ("correction", "变更", "登记有误的，凭户口簿改正", articles.CORRECTION)
_DELETE = ("deletion", "删除", "学生不在本校就读的，由本校删除：人在哪、籍在哪", articles.ONE_CHILD_ONE_RECORD)
_MERGE = ("merge", "合并", "两份都是同一名学生的，由教育局并为一份", articles.ONE_CHILD_ONE_RECORD)
REMEDIES = {
    Problem.What.SAME_NUMBER: (_PROVE, _CORRECT, _DELETE, _MERGE),
    Problem.What.NAMESAKE: (_PROVE, _CORRECT, _DELETE, _MERGE),
    Problem.What.WRONG_NUMBER: (_CORRECT, _PROVE),
    Problem.What.MISMATCH: (_CORRECT, _PROVE),
    Problem.What.ELSEWHERE: (_DELETE, _CORRECT, _PROVE),
}


def with_pages(problems: Iterable[Problem], user) -> list[Problem]:
    """The same findings, each carrying tone, comparison and remedies; places of all children in one query."""
    problems = list(problems)
    powers = powers_of(user)
    places = places_of({child for problem in problems for child in problem.children})
    for problem in problems:
        problem.tone = TONES[problem.state]
        problem.comparison = side_by_side(problem.children, powers, places)
        problem.remedies = remedies_for(problem, user, powers) if problem.state == Problem.State.OPEN else []
    return problems


def compared(children: list[Student], user) -> dict:
    """Two records side by side for a page of their own."""
    return side_by_side(children, powers_of(user), places_of(children))


def side_by_side(children: list[Student], powers: Powers, places: dict) -> dict:
    """Heads and rows of the comparison; a row whose cells differ says so in a word as well as by its colour."""
    columns = [column_of(child, bool(powers.on("view_school", child.school_id)), places) for child in children]
    heads = [column.pop("head") for column in columns]
    rows = [{"label": label, "cells": [c[label] for c in columns]} for label in columns[0]]
    for row in rows:
        row["differs"] = len(set(row["cells"])) > 1
    return {"heads": heads, "rows": rows}


def column_of(child: Student, in_sight: bool, places: dict) -> dict:
    """One record as label → words; of a child of another school only what telling the two apart needs."""
    masked = {kind: child.number(kind) for kind in ("id", "registry")}
    name = child.name if in_sight else vault.mask_name(child.name)
    return {
        "head": {
            "name": name,
            "url": child.get_absolute_url() if in_sight else "",
            "word": child.get_status_display(),
            "tone": tone_of(child),
        },
        "姓名": name,
        "性别": SEXES.get(child.sex, ""),
        "出生日期": f"{child.birth_date:%Y年%-m月%-d日}",
        "身份证件号": masked["id"].masked if masked["id"] else "没有",
        "学籍号": masked["registry"].masked if masked["registry"] else "没有",
        "学校": str(child.school),
        "班级": str(places.get(child.pk) or "—"),
        "学籍状态": child.get_status_display(),
        "家庭住址": (child.home_address or "—") if in_sight else "（他校学生，不显示）",
    }


def remedies_for(problem: Problem, user, powers: Powers) -> list[dict]:
    """The ways out, each with its article; a button for whoever may begin it for a child of the finding."""
    from ..changes import kinds_of_change

    kinds, lines = kinds_of_change(), []
    for code, name, words, article in REMEDIES[problem.what]:
        if code == "merge" and not problem.other_id:
            continue
        line = {"name": name, "words": words, "article": str(article), "acts": []}
        if kind := kinds.get(code):
            line["acts"] = [
                {
                    "label": f"为{child.name}（{child.school.short_name}）办理{name}",
                    "url": address(code, problem, child),
                }
                for child in problem.children
                if may(user, kind.OPENER.right, child.school)
            ]
        lines.append(line)
    return lines


def address(code: str, problem: Problem, child: Student) -> str:
    """The draft of a remedy, filled with what the finding already says."""
    url = reverse("students:change_new", args=[child.slug, code])
    if code == "proof":
        return f"{url}?problem={problem.pk}"
    partner = problem.partner_of(child)
    return f"{url}?partner={partner.slug}" if code == "merge" and partner else url
