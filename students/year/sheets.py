"""The two lists of the year's end: results of the county's assessment, and the numbers of 毕业证书 from the city."""

from dataclasses import dataclass
from typing import Any

from students.importing.cells import Answer, error, tidy
from students.importing.child_lists import ID, NAME, OLD, ChildLine, child_columns
from students.importing.container import MEGABYTE, Limits
from students.importing.listing import Column, Listing

PASSED, SCORE, CERTIFICATE = "passed", "score", "certificate"
COUNTY = Limits(5 * MEGABYTE, 200 * MEGABYTE, rows=20_000, columns=50, cells=1_000_000)
_VERDICTS = {"合格": True, "不合格": False}


def verdict(cell: Any, label: str) -> Answer:
    """合格 or 不合格, nothing else."""
    said = tidy(cell) if isinstance(cell, str) else ""
    if said in _VERDICTS:
        return _VERDICTS[said], None
    return error("no_verdict", f"{label}应为“合格”或“不合格”", "请改为“合格”或“不合格”")


@dataclass(slots=True)
class Line(ChildLine):
    """One child and its result or number; what could not be read is empty."""

    passed: bool | None = None
    score: str = ""
    certificate: str = ""


_CHILD = child_columns("学籍号", "学籍号", "全国学籍号", "现学籍号")
RESULTS = Listing(
    title="考核结果名单",
    columns=(
        *_CHILD,
        Column(PASSED, "考核结果", ("考核结果", "综合考核结果", "结果", "是否合格"), verdict),
        Column(SCORE, "成绩", ("成绩", "总分", "分数")),
    ),
    needs=((NAME,), (PASSED,), (ID, OLD)),
    line=Line,
    limits=COUNTY,
)
NUMBERS = Listing(
    title="毕业证书编号名单",
    columns=(*_CHILD, Column(CERTIFICATE, "证书编号", ("证书编号", "毕业证书编号", "毕业证编号"))),
    needs=((NAME,), (CERTIFICATE,), (ID, OLD)),
    line=Line,
    limits=COUNTY,
)
