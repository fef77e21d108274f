"""The journal of a decision: what it changed in the record, kept row by row, and the way back.

`kept(case)` surrounds an effect and writes down every row of the children that came to be or differs afterwards.
`restore(case)` puts each of them back: a changed row gets its former values, a row that came to be is ended where it
began (only a family member, which has no end, goes; its history stays). Seats follow the places. It refuses when
anything has changed since, so that a correction never overwrites a later act.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import F, Model, Value
from django.db.models.functions import Greatest

from approvals.errors import Refused
from approvals.models import Case
from approvals.services import refuse_busy
from law import articles, clock
from schools import seats

from . import places
from .models.child import FamilyMember, Student, StudentNumber
from .models.enrolment import Enrolment, Placement
from .models.problem import Problem
from .models.record_change import TAKEN_BACK, RecordEntry

# Table → model, the path from a row to its child, and columns that are no part of the record's meaning.
TABLES: dict[str, tuple[type[Model], str, tuple[str, ...]]] = {
    "student": (Student, "pk", ("wrapped_key", "slug", "problem")),
    "number": (StudentNumber, "student_id", ("cipher", "index")),
    "family": (FamilyMember, "student_id", ("id_cipher",)),
    "enrolment": (Enrolment, "student_id", ("entered_at",)),
    "placement": (Placement, "enrolment__student_id", ()),
    "problem": (Problem, "child_id", ("facts",)),
}


def _plain(row: dict) -> dict:
    """Values as JSON keeps them, so that what is read back compares equal."""
    span = row.pop("during", None)
    if span is not None:
        row["during"] = [span.lower, span.upper]
    return json.loads(json.dumps(row, cls=DjangoJSONEncoder))


def _columns(model: type[Model], left_out: tuple[str, ...]) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields if f.name not in left_out]


def snapshot(children: Iterable[int]) -> dict[tuple[str, int], tuple[int, dict]]:
    """(table, row) → (child, values) of everything the record of these children consists of; one query a table."""
    found, ids = {}, list(children)
    for table, (model, path, left_out) in TABLES.items():
        names = _columns(model, left_out)
        rows = model._base_manager.filter(**{f"{path}__in": ids}).values(*dict.fromkeys([*names, path, "pk"]))
        for row in rows:
            child = row[path]
            found[table, row["pk"]] = (child, _plain({name: row[name] for name in names}))
    return found


@contextmanager
def kept(case: Case) -> Iterator[None]:
    """Write down what the effect inside changes in the records of the case's children."""
    ids = list(case.subjects.values_list("child_id", flat=True))
    before = snapshot(ids)
    yield
    entries = []
    for (table, row), (child, after) in snapshot(ids).items():
        _, was = before.get((table, row), (child, None))
        if was is None:
            entries.append(RecordEntry(case_id=case.pk, child_id=child, table=table, row=row, before=None, after=after))
        elif was != after:
            changed = [name for name in after if was[name] != after[name]]
            old, new = ({name: side[name] for name in changed} for side in (was, after))
            entries.append(RecordEntry(case_id=case.pk, child_id=child, table=table, row=row, before=old, after=new))
    RecordEntry.objects.bulk_create(entries, batch_size=1000)


def restore(case: Case, *, though_busy: bool = False) -> None:
    """Put back every row the case changed. Raises Refused when a later act stands on one of them, ChildBusy.

    `though_busy`: the case let open changes of its children go on and answers for them itself.
    """
    entries = list(RecordEntry.objects.filter(case_id=case.pk).order_by("-pk"))
    about = case.subjects.values_list("child_id", flat=True)
    ids = sorted({*about, *(entry.child_id for entry in entries)})
    if not though_busy:
        refuse_busy(ids)
    if overwritten(entries, ids):
        raise Refused(f"{case.number}办结之后该生学籍又有变动，不能直接撤销本件；请先更正后来的变动（第三十八条）。")
    sitting = _sitting(ids)
    # What came to be is ended first, so that what it had replaced can live again.
    try:
        with transaction.atomic():
            for table, made in _grouped([e for e in entries if e.before is None], lambda e: e.table):
                _undo_made(table, made)
            # In the order of TABLES: numbers return before the child sits again, which a freeze would bind (第十四条).
            changes = sorted((e for e in entries if e.before is not None), key=lambda e: list(TABLES).index(e.table))
            for (table, _), changed in _grouped(changes, lambda e: (e.table, tuple(e.before))):
                _undo_changed(table, changed)
    except IntegrityError as error:
        raise Refused(
            f"{case.number}停用的号码现由他人持有，不能直接撤销本件；请先查明号码属于谁（第八条）。"
        ) from error
    _settle_seats(sitting, _sitting(ids), case)


def overwritten(entries: list[RecordEntry], ids: Iterable[int]) -> list[tuple[RecordEntry, str, str]]:
    """Each (entry, column, number) that differs from what the entry left, or that a later decision has written.

    `ids` are the children the entries are about. The number is that of the later case, "" when none says it changed the
    column. Equal values are not enough: who went abroad twice is abroad again, by the second decision.
    """
    now, later = snapshot(ids), _written_later(entries, ids)
    found = []
    for entry in entries:
        _, row = now.get((entry.table, entry.row), (0, None))
        for name, value in entry.after.items():
            number = later.get((entry.table, entry.row, name), "")
            if number or row is None or row[name] != value:
                found.append((entry, name, number))
    return found


def _written_later(entries: list[RecordEntry], ids: Iterable[int]) -> dict[tuple[str, int, str], str]:
    """(table, row, column) → number of the case that stands and has written it after these entries."""
    written = {(e.table, e.row, name): e.pk for e in entries for name in e.after}
    others = RecordEntry.objects.filter(child__in=ids).exclude(case__in={e.case_id for e in entries})
    standing = others.exclude(case__state__in=TAKEN_BACK).select_related("case").order_by("pk")
    return {
        (e.table, e.row, name): e.case.number
        for e in standing
        for name in e.after
        if e.pk > written.get((e.table, e.row, name), e.pk)
    }


def _grouped(entries: list[RecordEntry], by) -> list[tuple]:
    """Entries that one statement can undo together, in the order in which they turn up."""
    groups: dict = {}
    for entry in entries:
        groups.setdefault(by(entry), []).append(entry)
    return list(groups.items())


def _undo_made(table: str, made: list[RecordEntry]) -> None:
    model = TABLES[table][0]
    rows = model._base_manager.filter(pk__in=[entry.row for entry in made])
    if table == "enrolment":
        rows.update(voided=True)
    elif table == "placement":
        rows.update(ends=F("starts"))
    elif table == "number":
        rows.update(until=Greatest(F("since"), Value(clock.today())))
    elif table == "family":  # a member another act has touched since would have stopped us before; history keeps it
        rows.delete()
    elif table != "problem":  # found by somebody else meanwhile: looking again decides about it
        raise Refused(f"{model._meta.verbose_name}新建的记录不能撤销，请另行更正（第三十八条）。")


def _undo_changed(table: str, changed: list[RecordEntry]) -> None:
    """The same columns of many rows of one table get their former values."""
    model = TABLES[table][0]
    rows = [model(pk=entry.row, **_values(entry.before)) for entry in changed]
    model._base_manager.bulk_update(rows, list(changed[0].before), batch_size=500)


def _values(before: dict) -> dict:
    """Columns as JSON kept them, as the model takes them."""
    values = dict(before)
    if "during" in before:
        lower, upper = before["during"]
        values["during"] = (lower and date.fromisoformat(lower), upper and date.fromisoformat(upper))
    if "id_cipher" in before:
        values["id_cipher"] = before["id_cipher"] and bytes.fromhex(before["id_cipher"])
    return values


def _sitting(ids: Iterable[int]) -> dict[int, Placement]:
    """The places in which the children sit now, by id."""
    rows = Placement.objects.filter(enrolment__student__in=list(ids), ends=None, enrolment__voided=False)
    return {row.pk: row for row in rows.select_related("school_class__school")}


def _settle_seats(before: dict[int, Placement], after: dict[int, Placement], case: Case) -> None:
    today = clock.today()
    places.give_up_seats([p for pk, p in before.items() if pk not in after], today)
    seats.take_back_grants(case.number)
    back = [place.school_class for pk, place in after.items() if pk not in before]
    heads = Counter(each.pk for each in back)
    for each in sorted(set(back), key=lambda school_class: school_class.pk):
        places.take_seat(
            each,
            on=today,
            article=articles.DECISION_CORRECTED,
            reason="原决定更正撤销，学生回到原班级",
            case_number=case.number,
            heads=heads[each.pk],
        )
