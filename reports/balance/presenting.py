"""What the page and the print of the balance draw: every figure with the address of its children."""

from django.urls import reverse

from .forms import BalanceFilter
from .spells import Book
from .table import SEXES, Balance, Column, Row


def shown(balance: Balance, chosen: BalanceFilter) -> dict:
    """One number as the page draws it."""
    address = f"{reverse('reports:balance_children')}?{chosen.address}&book={balance.book}"
    return {
        "book": balance.book,
        "name": Book(balance.book).label,
        "heads": [column.label for column in balance.columns],
        "rows": [row_of(row, balance.columns, address) for row in balance.rows()],
        "balances": balance.balances,
        "faults": sum(row.total for row in balance.faults),
        "sentence": sentence_of(balance),
        "difference": balance.difference,
    }


def sentence_of(balance: Balance) -> str:
    came, went = balance.sum("in").total, balance.sum("out").total
    return f"期初{balance.opening.total} ＋ 增加{came} － 减少{went} ＝ {balance.opening.total + came - went}"


def row_of(row: Row, columns: list[Column], address: str) -> dict:
    words = f"{address}&side={row.side}" + (f"&line={row.line.code}" if row.kind in ("line", "fault", "sum") else "")
    cells = [cell(row.total, words), *(cell(row.of(sex=sex), f"{words}&sex={sex}") for sex, _ in SEXES)]
    for column in columns:
        place = f"{words}&stage={column.stage or 'none'}&cohort={column.cohort or ''}"
        cells += [cell(row.of(column, sex), f"{place}&sex={sex}") for sex, _ in SEXES]
    return {"label": row.label, "kind": row.kind, "side": row.side, "cells": cells}


def cell(value: int, url: str) -> dict:
    return {"value": value, "url": url if value else ""}


def chart_of(balances: list[Balance]) -> dict:
    """Both numbers at the end of the span, by grade."""
    columns = sorted({c for b in balances for c in b.columns if b.closing.of(c)}, key=lambda column: column.order)
    return {
        "kind": "bar",
        "unit": "人",
        "labels": [column.label for column in columns],
        "series": [
            {"label": f"期末{Book(b.book).label}", "values": [b.closing.of(column) for column in columns]}
            for b in balances
        ],
    }
