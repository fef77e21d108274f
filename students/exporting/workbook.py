"""Workbooks of text cells: nothing typed by a stranger becomes a formula, and no long number is rounded."""

import io
from collections.abc import Iterable
from itertools import zip_longest

import xlsxwriter

from ..dictionary import codes
from ..dictionary.fields import by_attribute, layout
from ..importing.findings import column_letter
from ..written_books import SAFE

SHEET, CODE_SHEET = "学生信息", "代码表"
# Numbers that Excel would round or shorten get a wide column: whoever sees ##### retypes them.
KEPT_AS_TEXT = ("id_number", "registry_number", "phone", "digits", "division", "identifier")
WIDE, USUAL = 22, 14
LONGEST_LIST = 255  # Excel's limit for the choices of a drop-down, as one text
LONGEST_HEADER = 255
MOST_ROWS = 5000


def template_workbook(version: str, rows: Iterable[list[str]], *, mark: str) -> bytes:
    """The national template's columns in their order, a drop-down for every code, `mark` on every page.

    Choices too long for a drop-down of their own stand on a visible sheet 代码表.
    """
    columns = layout(version)

    def finish(book, page, count):
        long_lists: dict[tuple[str, ...], str] = {}
        for position, (_, attribute) in enumerate(columns):
            if choices := choices_of(attribute):
                source = choices if len(",".join(choices)) <= LONGEST_LIST else _listed(long_lists, choices, attribute)
                rule = {"validate": "list", "source": source, "error_type": "warning"}
                page.data_validation(1, position, max(count, 1), position, rule)
        _write_lists(book, long_lists)

    widths = [WIDE if attribute and by_attribute(attribute).type in KEPT_AS_TEXT else USUAL for _, attribute in columns]
    return written(SHEET, [header for header, _ in columns], rows, mark=mark, finish=finish, widths=widths)


def _listed(long_lists: dict[tuple[str, ...], str], choices: list[str], attribute: str) -> str:
    """The range of 代码表 where these choices stand; the same choices stand there once."""
    known = tuple(choices)
    if known not in long_lists:
        long_lists[known] = f"{by_attribute(attribute).label}选项"
    letter = column_letter(list(long_lists).index(known))
    return f"={CODE_SHEET}!${letter}$2:${letter}${len(known) + 1}"


def _write_lists(book, long_lists: dict[tuple[str, ...], str]) -> None:
    if not long_lists:
        return
    page, text = book.add_worksheet(CODE_SHEET), book.add_format({"num_format": "@"})
    page.set_column(0, len(long_lists) - 1, WIDE, text)
    for number, line in enumerate(zip_longest(*([head, *choices] for choices, head in long_lists.items()))):
        for position, cell in enumerate(line):
            if cell:
                page.write_string(number, position, cell, text)


def choices_of(attribute: str) -> list[str]:
    """What the template's drop-down offers."""
    field = by_attribute(attribute) if attribute else None
    if field is None or field.type not in ("code", "bool"):
        return []
    if field.type == "bool":
        return ["是", "否"]
    table = codes.table(field.code_table)
    names = [
        codes.template_relation(code.code) if field.code_table == "jtgx" else code.name for code in table.offered()
    ]
    return list(dict.fromkeys(names))


def written(title: str, heads: list[str], rows: Iterable[list[str]], *, mark: str, finish=None, widths=()) -> bytes:
    """One sheet of text; the mark is said in header and footer of every printed page and in the file's properties."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, SAFE)
    book.set_properties({"comments": mark})
    page = book.add_worksheet(title)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    for position in range(len(heads)):
        page.set_column(position, position, widths[position] if widths else USUAL, text)
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
