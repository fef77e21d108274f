"""学生变动平衡表: both numbers, every line of the law, by grade and sex."""

from law import clock

from .balance.spells import Book, Span
from .balance.table import SEXES, Balance, Column, Row

BLANK_GRADES = 9


def balance_sheet(about: None) -> dict:
    """Values of the blank table: every line, nine grades without a name."""
    columns = [Column(None, None, 0)] * BLANK_GRADES
    nobody = [Balance(book, Span((), clock.today(), clock.today())) for book in Book.values]
    return {"books": [book_of(each, columns, blank=True) for each in nobody], "decision": "空白表"}


def book_of(balance: Balance, columns: list[Column], *, blank: bool = False) -> dict:
    faults = sum(row.total for row in balance.faults)
    return {
        "name": Book(balance.book).label,
        "heads": ["" if blank else column.label for column in columns],
        "rows": [row_of(row, columns, blank) for row in balance.rows(all_lines=True)],
        "sentence": "" if blank else f"期初{balance.opening.total}，期末{balance.closing.total}",
        "faults": str(faults) if faults else "",
    }


def row_of(row: Row, columns: list[Column], blank: bool) -> dict:
    cells = [row.total, *(row.of(sex=sex) for sex, _ in SEXES)]
    cells += [row.of(column, sex) for column in columns for sex, _ in SEXES]
    return {
        "label": row.label,
        "kind": row.kind,
        "side": row.side,
        "cells": ["" if blank or row.kind == "line" and not cell else str(cell) for cell in cells],
    }
