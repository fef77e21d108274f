"""What the findings of a list put on its own pages: colours by level, a sentence a row, a sheet of all of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from students.importing.findings import ERROR, FIXED, WARNING, column_index

NOTE, SHEET = "错误说明", "核对结果"
LEVELS = {ERROR: "有误", WARNING: "提示", FIXED: "已自动规范"}
# Yellow, pale blue, pale green; the words beside them say the same.
FILLS = {ERROR: "FFFFE566", WARNING: "FFCFE6FF", FIXED: "FFDDF2DC"}
COLUMNS = {"级别": 10, "工作表": 14, "行": 8, "列": 6, "栏目": 20, "表中写的": 26, "问题": 50, "怎样改": 50}
_RANK = {ERROR: 0, WARNING: 1, FIXED: 2}
# What XML cannot carry at all.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 32_000


@dataclass(slots=True)
class Marks:
    """Excel's row → column index → worst level, and what is said about the row."""

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    worst: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[dict], sheet: str) -> "Marks":
        """The marks of one sheet; what is said about the whole sheet stands on the sheet of findings only."""
        marks, said = cls(), {}
        for each in sorted(findings, key=lambda each: _RANK[each["level"]]):
            row = each["row"]
            if not row or each["sheet"] != sheet:
                continue
            marks.worst.setdefault(row, each["level"])
            said.setdefault(row, []).append(sentence_of(each))
            if each["column"]:
                marks.cells.setdefault(row, {}).setdefault(column_index(each["column"]), each["level"])
        marks.notes = {row: "；".join(dict.fromkeys(sentences))[:_LONGEST] for row, sentences in said.items()}
        return marks


def sentence_of(finding: dict) -> str:
    """【有误】身份证件号：校验位不对。请对照证件原件核对"""
    about = f"{finding['field']}：" if finding["field"] else ""
    remedy = f"。{finding['remedy']}" if finding["remedy"] else ""
    return f"【{LEVELS[finding['level']]}】{about}{finding['rule']}{remedy}"


def line_of(finding: dict) -> list[str]:
    """A finding as a row of the sheet of findings."""
    return [
        LEVELS[finding["level"]], finding["sheet"], str(finding["row"] or ""), finding["column"], finding["field"],
        finding["raw"], finding["rule"], finding["remedy"],
    ]  # fmt: skip


def written(text: str) -> str:
    """Text as XML may carry it."""
    return escape(_UNWRITABLE.sub("", text))
