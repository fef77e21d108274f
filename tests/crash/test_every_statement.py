"""Every operation fails at every SQL statement (SQLite's method): it has happened wholly, or not at all.

The statement is refused by a wrapper of the connection, as when the server goes away just then. Operations are each
move of each kind along its way, and each page that is posted, as the access table asks for it.
"""

import contextlib
from collections.abc import Iterable
from functools import cache

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import set_rollback

import tests.all_specimens  # noqa: F401
from accounts.roles import Role
from approvals.errors import Refused
from approvals.services import perform
from law.models import CalendarDay
from schools.models import Bureau
from students.changes import kinds_of_change
from tests import invariants
from tests.changes import SPECIMENS, County, way_of
from tests.county import hand_for
from tests.house.test_access_table import (  # noqa: F401 — fixtures
    Request,
    answer,
    client_of,
    quiet,
    requests,
    world,
)
from tests.house.test_access_table import undone as taken_back

pytestmark = [pytest.mark.crash, pytest.mark.django_db]
MOST = 600
# The pages are taken in so many parts, each in a county of its own.
PARTS = 4
# What happened is written down beside what was done, and who came in is no part of it.
ASIDE = ("audit_", "django_session", "accounts_attempt", "accounts_user", "pghistory_")


class Failing:
    """An execute wrapper that refuses the Nth statement."""

    def __init__(self, position: int):
        self.position, self.count = position, 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        if self.count == self.position:
            raise OperationalError("the server has gone away")
        return execute(sql, params, many, context)

    @property
    def has_failed(self) -> bool:
        return self.count >= self.position


@cache
def tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if not name.startswith(ASIDE)]


def asked_of(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def contents(names: Iterable[str]) -> dict[str, tuple]:
    """Of each table how many rows, and a sum over the text of each."""
    each = [
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{name}\" t"
        for name in names
    ]
    return {name: (count, digest) for name, count, digest in asked_of(" UNION ALL ".join(each))} if each else {}


def writes() -> dict[str, int]:
    """Rows inserted, updated or deleted in this transaction, undone ones too: PostgreSQL counts them by itself."""
    return dict(
        asked_of(
            """SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                      + pg_stat_get_xact_tuples_deleted(oid)
               FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
        )
    )


class Rest:
    """All tables as they lie, to be compared with what they are later: only those written to since are read again."""

    def __init__(self):
        self.contents, self.writes = contents(tables()), writes()

    def after(self) -> dict[str, tuple]:
        """All tables now."""
        now = writes()
        written = [name for name in tables() if name not in now or now[name] != self.writes[name]]
        return self.contents | contents(written)


def counts(state: dict) -> dict:
    return {name: count for name, (count, _) in state.items()}


def half_done(operation, within=taken_back) -> list[str]:
    """Positions at which a part of the operation happened; the operation is undone again each time."""
    rest = Rest()
    with within():
        operation()
        whole = rest.after()
    before, found = rest.contents, []
    for position in range(1, MOST):
        with within():
            failing = Failing(position)
            with connection.execute_wrapper(failing):
                attempted(operation)
            set_rollback(False)
            after = rest.after()
        if after != before and (counts(after) != counts(whole) or whole == before):
            changed = sorted(name for name in after if after[name] != before[name])
            found.append(f"statement {position}: {changed}")
        if not failing.has_failed:
            return found
    raise AssertionError("the operation never came to its end")


def attempted(operation) -> None:
    with contextlib.suppress(OperationalError):
        operation()


# --- moves -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def county(bureau, no1, no2, no3, child_at, staff):
    return County(bureau, no1, no2, no3, child_at, staff)


@pytest.mark.nightly
@pytest.mark.parametrize("kind", sorted(kinds_of_change()))
def test_every_move_of_every_kind(county, kind):
    case, found = SPECIMENS[kind](county), []
    for action, role, side in way_of(case):
        by = hand_for(case, role, side)
        found += [f"{action} {each}" for each in half_done(lambda a=action, c=case, b=by: perform(c, a, by=b))]
        case = perform(case, action, by=by)
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    found += [f"undo {each}" for each in half_done(lambda: attempted_undo(case, leader))]
    assert found == [] and invariants.broken() == []


def attempted_undo(case, leader) -> None:
    with contextlib.suppress(Refused):
        perform(case, "undo", by=leader, opinion="原决定有误")


def test_one_move_and_its_control(transfer, bureau):
    case = transfer
    by = hand_for(case, Role.REGISTRAR, "lead")
    assert half_done(lambda: perform(case, "submit", by=by)) == []

    def in_two_steps():
        Bureau.objects.filter(pk=bureau.pk).update(name="甲局")
        Bureau.objects.create(name="乙局", division=bureau.division)

    assert half_done(in_two_steps), "control: without a transaction it is half done"

    def in_one():
        with transaction.atomic():
            in_two_steps()

    assert half_done(in_one) == []


def test_whatever_was_written_is_read_again(bureau):
    """Control: what lies in all tables is what reading only those that were written to says."""
    rest = Rest()
    assert rest.after() == rest.contents
    with taken_back():
        Bureau.objects.filter(pk=bureau.pk).update(name="甲局")
        Bureau.objects.create(name="乙局", division=bureau.division)
        CalendarDay.objects.first().delete()
        assert rest.after() == contents(tables()) != rest.contents
    assert rest.after() == contents(tables()) == rest.contents


# --- pages -----------------------------------------------------------------------------------------------------------


def posted() -> list[Request]:
    """Each page that is posted, by the first who may."""
    chosen = {}
    for asked in requests():
        if asked.method == "POST" and asked.cell == "ok" and asked.relation == "own":
            chosen.setdefault(asked.name, asked)
    return list(chosen.values())


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_that_is_posted(world, part):  # noqa: F811
    sites, people = world
    found, changing, rest = [], 0, Rest()
    for asked in posted()[part::PARTS]:
        client = client_of(people.get(asked.role))
        client.raise_request_exception = False
        with taken_back():
            answer(client, asked.name, asked.method, sites["own"])
            changes = rest.after() != rest.contents
        if changes:
            changing += 1
            operation = lambda a=asked, c=client: answer(c, a.name, a.method, sites["own"])  # noqa: E731
            found += [f"{asked}: {each}" for each in half_done(operation)]
    print(f"{changing} pages change something")
    assert changing > 5
    assert found == [], "\n".join(found)
