"""The preview as pages and the download draw it: findings grouped by cause with the way out, never a wall of red."""

import io
from collections import defaultdict

import xlsxwriter
from django.urls import reverse

from students.importing.findings import ERROR, FIXED, WARNING
from students.importing.repairs import TAKEN_BACK
from students.written_books import SAFE

GLANCE = 20
PAGE = 20
LONGEST_CURSOR = 9
LEVELS = {ERROR: "有误", WARNING: "提示", FIXED: "已自动规范"}
TONES = {ERROR: "refused", WARNING: "soon", FIXED: "soon"}

# Causes whose sentence names the row's own values, in words that fit them all.
CAUSES = {
    "birth_mismatch": "与身份证件号中的日期不一致",
    "sex_mismatch": "与身份证件号第17位不一致",
    "birth_filled": "为空，拟按身份证件号填入",
    "duplicate_id": "在名册中重复",
    "duplicate_child": "疑似重复学籍",
    "namesake": "名册中有同名同生日的学生",
    "namesake_in_county": "县内有同名同生日的学生",
    "duplicate_seat_number": "同班重复",
    "class_ambiguous": "不能确定是哪个班",
    "class_other_cohort": "与入学年月不一致",
    "code_unknown": "不是下拉表里的选项",
    "division_ambiguous": "可能是多个区划",
    "too_long": "超过字数",
    "date_out_of_range": "不在合理范围",
    "date_impossible": "不是真实日期",
    "key_change": "与学籍不一致（关键信息）",
    "at_other_school": "学生已在其他学校建立学籍",
    "pending_elsewhere": "学生正在办理其他业务",
    "record_ended": "学生的学籍已经结束",
    "batch_signed": "学生在已提交的注册批次中",
    "child_twice": "两行是同一名学生",
    "ignored_row": "不像学生数据的行",
    "date_rewritten": "已改写为标准日期",
    "month_rewritten": "已改写为六位年月",
    "code_recognised": "已读作标准选项",
    "division_widened": "已补足十二位",
    "division_resolved": "已由地名读出代码",
    "distance_converted": "已换算为公里",
    "name_tidied": "已规范姓名",
    TAKEN_BACK: "未采用自动规范",
}


def groups(findings: list[dict], repair_url: str = "") -> list[dict]:
    """Findings by level, cause and field, errors first, with the first rows of each.

    `repair_url`: where whoever sees them may take an automatic repair back.
    """
    found: dict[tuple, list[dict]] = defaultdict(list)
    for each in findings:
        found[each["level"], each["code"], each["field"]].append(each)
    order = list(LEVELS)
    ordered = sorted(found.items(), key=lambda item: (order.index(item[0][0]), -len(item[1])))
    return [group_of(level, rows, repair_url) for (level, _, _), rows in ordered]


def group_of(level: str, rows: list[dict], repair_url: str) -> dict:
    """Findings of one cause; what helps them all is said once, what helps only one is said beside it."""
    told = rows[0]["remedy"] if len({each["remedy"] for each in rows}) == 1 else ""
    return {
        "label": cause_of(rows),
        "count": len(rows),
        "fix": told,
        "tone": TONES[level],
        "level": level,
        "way": way_of(rows[0]["code"]),
        "turn": turn_of(level, rows[0]["code"], repair_url),
        "rows": [row_of(each, told) for each in rows[:GLANCE]],
    }


def way_of(code: str) -> dict | None:
    """Where what an import never does itself is begun."""
    if code == "at_other_school":
        return {"url": reverse("transfers:new"), "label": "发起转学"}
    return {"url": "#corrections", "label": "起草信息变更"} if code == "key_change" else None


def turn_of(level: str, code: str, url: str) -> dict | None:
    """The button beside a cell: a repair is taken back, or let stand after all."""
    if not url or not (level == FIXED or code == TAKEN_BACK):
        return None
    wanted = code == TAKEN_BACK
    return {"url": url, "label": "仍按自动规范" if wanted else "还原", "wanted": wanted}


def cause_of(rows: list[dict]) -> str:
    """What a group has in common: 身份证件号：在 Excel 中已丢失后三位."""
    first = rows[0]
    words = CAUSES.get(first["code"]) or first["rule"]
    return f"{first['field']}：{words}" if first["field"] and not words.startswith(first["field"]) else words


def row_of(finding: dict, told: str) -> dict:
    """One place; with its own remedy, unless the group has `told` it."""
    return {
        "sheet": finding["sheet"],
        "row": finding["row"] or "",
        "cell": f"{finding['column']}{finding['row']}",
        "column": " ".join(filter(None, (finding["column"], finding["field"]))),
        "value": finding["raw"],
        "message": finding["rule"],
        "fix": finding["remedy"] if finding["remedy"] != told else "",
    }


def figures(counts: dict, address: str) -> list[dict]:
    """新增 · 变更 · 无变化 · 有误, each leading to its part of the page."""
    return [
        {"label": "新增", "value": counts.get("create", 0), "url": f"{address}#commit", "tone": "done"},
        {"label": "变更", "value": counts.get("update", 0), "url": f"{address}#differences"},
        {"label": "无变化", "value": counts.get("unchanged", 0), "url": f"{address}#commit"},
        {"label": "有误", "value": counts.get("error", 0), "url": f"{address}#findings", "tone": "refused"},
    ]


def slice_of(rows, after: str, count: int, size: int = PAGE) -> tuple[list, dict]:
    """A page of a list (or queryset) that no longer changes, and its neighbours as cursors."""
    start = int(after) if after.isdecimal() and len(after) <= LONGEST_CURSOR and int(after) < count else 0
    following = start + size if start + size < count else 0
    page = {
        "next": str(following or ""),
        "back": str(max(start - size, 0)) if start else "",
        "first": start + 1 if count else 0,
        "last": min(start + size, count),
    }
    return list(rows[start : start + size]), page


def workbook_of(findings: list[dict]) -> bytes:
    """All findings as a workbook of text cells, so that nothing typed by a stranger becomes a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, SAFE)
    page, bold, text = (
        book.add_worksheet("核对结果"),
        book.add_format({"bold": True}),
        book.add_format({"num_format": "@"}),
    )
    columns = {"级别": 10, "工作表": 14, "行": 8, "列": 6, "栏目": 20, "表中写的": 26, "问题": 50, "怎样改": 50}
    for position, (heading, width) in enumerate(columns.items()):
        page.set_column(position, position, width, text)
        page.write_string(0, position, heading, bold)
    page.freeze_panes(1, 0)
    for number, each in enumerate(findings, 1):
        cells = [LEVELS[each["level"]], each["sheet"], str(each["row"] or ""), each["column"], each["field"]]
        for position, cell in enumerate([*cells, each["raw"], each["rule"], each["remedy"]]):
            page.write_string(number, position, cell, text)
    book.close()
    return out.getvalue()
