"""The exact record of a closing: which row of schools, classes, offices, cases became what, and the way back."""

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Model

from approvals.errors import Refused


def swapped(rows: Iterable[dict], columns: Iterable[str], table: dict[int, int]) -> dict[int, tuple[dict, dict]]:
    """pk → (before, after), with every value of these columns replaced by what the table says."""
    found = {}
    for row in rows:
        before = {name: row[name] for name in columns}
        found[row["pk"]] = (before, {name: table.get(value, value) for name, value in before.items()})
    return found


def change(case, model: type[Model], changes: dict[int, tuple[dict, dict]]) -> None:
    """Write `after` of every row in one statement, and keep what stood there before."""
    write(model, {pk: after for pk, (_, after) in changes.items()})
    keep(case, model, changes)


def write(model: type[Model], rows: dict[int, dict]) -> None:
    """Bring rows to these values in one statement; every row names the same columns."""
    if not rows:
        return
    columns = next(iter(rows.values()))
    model._base_manager.bulk_update([model(pk=pk, **values) for pk, values in sorted(rows.items())], list(columns))


def keep(case, model: type[Model], changes: dict[int, tuple[dict | None, dict]]) -> None:
    from .models import ClosingEntry

    ClosingEntry.objects.bulk_create(
        [
            ClosingEntry(case_id=case.pk, table=model._meta.label_lower, row=pk, before=before, after=after)
            for pk, (before, after) in changes.items()
        ],
        batch_size=1000,
    )


def restore_rows(label: str, entries) -> None:
    """Rows that the closing changed, back to their former values; a later act on one of them stands in the way."""
    mine = {e.row: e for e in entries if e.table == label and e.before is not None}
    if not mine:
        return
    model, columns = apps.get_model(label), list(next(iter(mine.values())).before)
    for row in model._base_manager.filter(pk__in=mine).values("pk", *columns):
        if any(str(row[name]) != str(mine[row["pk"]].after[name]) for name in columns):
            raise Refused("撤并办结之后有关学校、班级或业务又有变动，不能直接撤销；请先更正后来的变动（第三十八条）。")
    write(model, {pk: entry.before for pk, entry in mine.items()})
