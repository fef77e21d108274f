"""Workbooks of the year's end and the ways of its cases, for stories."""

import io
from datetime import date

from openpyxl import Workbook

from accounts.roles import Role
from approvals.services import perform
from law import clock
from students.year.papers import open_assessment
from students.year.services import start_graduation
from tests.county import staff_member

JULY = date(2027, 7, 5)


def workbook_of(heads, *rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (heads, *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def results_sheet(*results) -> bytes:
    """Of (child, said) pairs."""
    rows = [(child.name, child.id_number.plain(), said, "512") for child, said in results]
    return workbook_of(("姓名", "身份证件号", "考核结果", "成绩"), *rows)


def numbers_sheet(*numbers) -> bytes:
    rows = [(child.name, child.id_number.plain(), number) for child, number in numbers]
    return workbook_of(("姓名", "身份证件号", "证书编号"), *rows)


def assessed(bureau, passed=(), failed=(), *, on=JULY):
    """Results of the county's assessment, signed by both hands of the bureau."""
    lines = [[child.pk, child in passed, "", row] for row, child in enumerate([*passed, *failed], 2)]
    with clock.at(on):
        clerk, checker = staff_member(Role.BUREAU_CLERK, bureau), staff_member(Role.BUREAU_CHECKER, bureau)
        case = open_assessment({"year": 2026, "file_name": "结果.xlsx", "lines": lines}, by=clerk)
        return perform(perform(case, "submit", by=clerk), "approve", by=checker)


def listed(school, grade=6, *, on=JULY):
    """Made by the registrar, waiting for the headmaster."""
    with clock.at(on):
        registrar = staff_member(Role.REGISTRAR, school)
        return perform(start_graduation(school, grade, by=registrar), "submit", by=registrar)


def graduated(school, grade=6, *, on=JULY):
    """Made by the registrar, signed by the headmaster."""
    case = listed(school, grade, on=on)
    with clock.at(on):
        return perform(case, "approve", by=staff_member(Role.HEADMASTER, school))
