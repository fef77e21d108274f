"""Reading our own data files."""

import csv
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    """All rows of `students/data/<name>.csv` as dictionaries."""
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
