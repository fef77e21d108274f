"""The three-way comparison of one upload with the register: staged by COPY, compared by statements, told once."""

from django.db import connection
from psycopg import sql

from jianping_xueji.vault import columns as sealing
from law import clock

from ..dictionary.fields import KEY, VOLATILE
from ..filters import ON_ROLL
from ..models.child import Student
from . import statements
from .models import LONGEST, PROPOSED, AgreementFile
from .reading import COLUMNS, COMPARED, Reader

_LOCK = 5_208_817_203
NO_RECORD = (Student.Status.REJECTED, Student.Status.DELETED)
# What a decision other than a correction explains: where a child is, and whether it is at all.
MOVED = ["", "school_code", "class_number", "registry_number"]
COUNTED = ("matched", "only_here", "only_there", "differs", "new", "closed", "children")


def compare(file: AgreementFile, reader: Reader) -> dict[str, int]:
    """Bring the differences of the file's scope up to date; returns the counts. The caller holds the transaction."""
    given = {
        "bureau": file.bureau_id,
        "school": file.school_id,
        "file": file.pk,
        "today": clock.today(),
        "roll": list(ON_ROLL),
        "no_record": [status.value for status in NO_RECORD],
        "longest": LONGEST,
        "compared": sorted(reader.compared),
        "volatile": [name for name, field in COMPARED.items() if field.route == VOLATILE],
        "key": [name for name, field in COMPARED.items() if field.route == KEY],
        "moved": MOVED,
        "reasons": [reason.value for reason in PROPOSED],
        "sides": [side.value for side in PROPOSED.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK % 2**31, file.bureau_id])
        stage(cursor, reader)
        twice = match(cursor, given)
        find(cursor, given | {"twice": [row for row, _ in twice]})
        cursor.execute(statements.TELL, given)
        cursor.execute(statements.CLOSE, given)
        cursor.execute(statements.COUNTS, given)
        counts = dict(zip(COUNTED, cursor.fetchone(), strict=True))
        cursor.execute("DROP TABLE agreement_rows, agreement_match, agreement_found")
    reader.tell_twice(twice)
    return counts | {"rows": reader.rows, "unread": reader.unread_cells, "twice": len(twice)}


def stage(cursor, reader: Reader) -> None:
    """The lines of the upload into a table that is gone with the transaction."""
    cursor.execute(statements.STAGING)
    sealing.ready()
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    with cursor.copy(sql.SQL("COPY agreement_rows ({}) FROM STDIN").format(columns)) as copy:
        for line in reader.lines():
            copy.write_row(line)
    cursor.execute("ANALYZE agreement_rows")


def match(cursor, given: dict) -> list[tuple[int, int]]:
    """Row by row the child it means; returns rows that mean a child already named, with the row that named it."""
    cursor.execute(statements.MATCH, given)
    cursor.execute(statements.MATCH_BY_NAME, given)
    cursor.execute(statements.TWICE)
    twice: dict[int, int] = {}
    for row, first in cursor.fetchall():
        twice[row] = min(first, twice.get(row, first))
    cursor.execute("CREATE UNIQUE INDEX ON agreement_match (student)")
    cursor.execute("ANALYZE agreement_match")
    return sorted(twice.items())


def find(cursor, given: dict) -> None:
    """Everything that differs, with its reason."""
    names = [name for name in COMPARED if name in given["compared"]]
    pairs = sql.SQL(", ").join(
        part for name in names for part in (sql.Literal(name), sql.SQL("s.{}").format(sql.Identifier(name)))
    )
    fields = statements.DIFFERING_FIELDS.replace("{columns}", pairs.as_string(None))
    cursor.execute(statements.FOUND)
    for statement in (
        fields,
        statements.DIFFERING_NUMBERS,
        statements.DIFFERING_PLACES,
        statements.ONLY_HERE,
        statements.ONLY_THERE,
        statements.EXPLAINED_BY_FILING,
        statements.EXPLAINED_BY_CASE,
    ):
        cursor.execute(statement, given)
