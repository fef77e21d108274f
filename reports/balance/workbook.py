"""The balance as a workbook: one sheet per number, figures as text, nothing computed by the reader's program."""

import io

import xlsxwriter

from students.written_books import SAFE

from .spells import Book, Span
from .table import SEXES, Balance


def workbook_of(balances: list[Balance], *, whose: str, made: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, SAFE)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    for balance in balances:
        page = book.add_worksheet(Book(balance.book).label)
        page.set_column(0, 0, 26)
        for number, cells in enumerate(lines_of(balance, whose, made)):
            for position, value in enumerate(cells):
                page.write_string(number, position, str(value), bold if number in (0, 3) else text)
        page.freeze_panes(4, 1)
        page.set_landscape()
    book.close()
    return out.getvalue()


def lines_of(balance: Balance, whose: str, made: str) -> list[list]:
    """Title, whose and when, what the number is, heads, rows."""
    heads = ["项目", "合计", *(f"合计{word}" for _, word in SEXES)]
    heads += [f"{column.label}{word}" for column in balance.columns for _, word in SEXES]
    rows = [
        [
            row.label,
            row.total,
            *(row.of(sex=sex) for sex, _ in SEXES),
            *(row.of(column, sex) for column in balance.columns for sex, _ in SEXES),
        ]
        for row in balance.rows(all_lines=True)
    ]
    return [[f"{whose}学生变动平衡表（{Book(balance.book).label}）"], [span_words(balance.span)], [made], heads, *rows]


def span_words(span: Span) -> str:
    return f"{span.first:%Y年%-m月%-d日}至{span.last:%Y年%-m月%-d日}"
