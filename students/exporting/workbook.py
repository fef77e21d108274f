"""Workbooks of text cells: nothing typed by a stranger becomes a formula, and no long number is rounded."""

import io
from collections.abc import Iterable

import xlsxwriter

from ..dictionary import codes
from ..dictionary.fields import by_attribute, layout

SAFE = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "constant_memory": True}
SHEET = "学生信息"
LONGEST_LIST = 255  # Excel's limit for the choices of a drop-down, as one text
LONGEST_HEADER = 255
MOST_ROWS = 5000


def template_workbook(version: str, rows: Iterable[list[str]], *, mark: str) -> bytes:
    """The national template's columns in their order, drop-downs where the choices are few, `mark` on every page."""
    columns = layout(version)

    def finish(book, page, count):
        for position, (_, attribute) in enumerate(columns):
            if choices := choices_of(attribute):
                rule = {"validate": "list", "source": choices, "error_type": "warning"}
                page.data_validation(1, position, max(count, 1), position, rule)

    return written(SHEET, [header for header, _ in columns], rows, mark=mark, finish=finish)


def choices_of(attribute: str) -> list[str]:
    """What the template's drop-down offers, when it is short enough to be one."""
    field = by_attribute(attribute) if attribute else None
    if field is None or field.type not in ("code", "bool"):
        return []
    if field.type == "bool":
        return ["是", "否"]
    table = codes.table(field.code_table)
    names = [
        codes.template_relation(code.code) if field.code_table == "jtgx" else code.name for code in table.offered()
    ]
    names = list(dict.fromkeys(names))
    return names if len(",".join(names)) <= LONGEST_LIST else []


def written(title: str, heads: list[str], rows: Iterable[list[str]], *, mark: str, finish=None, widths=()) -> bytes:
    """One sheet of text; the mark is said in header and footer of every printed page and in the file's properties."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, SAFE)
    book.set_properties({"comments": mark})
    page = book.add_worksheet(title)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    for position in range(len(heads)):
        page.set_column(position, position, widths[position] if widths else 14, text)
    for line in (page.set_header, page.set_footer):
        line(f"&L{mark.replace('&', '&&')[: LONGEST_HEADER - 20]}&R&P/&N")
    page.set_landscape()
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    count = 0
    for count, cells in enumerate([heads, *rows]):
        for position, cell in enumerate(cells):
            if cell:
                page.write_string(count, position, cell, bold if count == 0 else text)
    if finish:
        finish(book, page, count)
    book.close()
    return out.getvalue()
