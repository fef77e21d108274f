"""The migrated database that every test session clones. Kept between runs while nothing that makes it has changed."""

import fcntl
import hashlib
import secrets
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

import administration
import places
from postgres import open_to_application

# Several checkouts may share one server: each touches only databases that carry its own mark.
MARK = hashlib.sha256(str(places.ROOT).encode()).hexdigest()[:6]
TEMPLATES = f"xueji_template_{MARK}_"
CLONES = f"xueji_test_{MARK}_"
# Whatever a migration may read: a change in one of these makes a new template.
SOURCES = (
    "bin/runner/template.py",
    "*/migrations/*.py",
    "jianping_xueji/*/migrations/*.py",
    "jianping_xueji/audit/*.py",
    "*/data/*",
    "law/*.py",
    "*.lock",
)


def with_database(url: str, name: str) -> str:
    """The same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def ready(owner_url: str, application: str, environment: dict, *, fresh: bool):
    """The name of a migrated template, built by the owner role when there is none for the present sources.

    The first of several runs at the same time clears away what earlier ones left; nobody drops what another may use.
    """
    with (places.VAR / "tests.lock").open("a") as lock:
        name = TEMPLATES + (f"fresh{secrets.token_hex(4)}" if fresh else _fingerprint())
        with psycopg.connect(owner_url, autocommit=True) as owner:
            if _alone(lock):
                _drop_leftovers(owner, keep=name)
            fcntl.flock(lock, fcntl.LOCK_SH)
            if not _exists(owner, name):
                _build(owner, name, owner_url, application, environment)
        yield name


def drop_clones(owner_url: str, prefix: str) -> None:
    """Remove the clones of one run of bin/test."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for name in _names(owner, prefix):
            _drop(owner, name)


# --- building --------------------------------------------------------------------------------------------------------


def _fingerprint() -> str:
    total = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in places.ROOT.glob(pattern)):
        if path.is_file():
            total.update(str(path.relative_to(places.ROOT)).encode() + path.read_bytes())
    return total.hexdigest()[:12]


def _build(owner: psycopg.Connection, name: str, owner_url: str, application: str, environment: dict) -> None:
    """Migrate a draft and give it its name only when it is complete."""
    draft = f"{TEMPLATES}draft{secrets.token_hex(4)}"
    owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    try:
        _migrate(with_database(owner_url, draft), application, environment)
        if not _exists(owner, name):
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            owner.execute(rename.format(sql.Identifier(draft), sql.Identifier(name)))
    finally:
        _drop(owner, draft)


def _migrate(url: str, application: str, environment: dict) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        for extension in ("btree_gist", "pg_trgm"):
            owner.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        open_to_application(owner, application)
    as_owner = environment | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url}
    if administration.run(["migrate", "--verbosity", "0"], as_owner):
        raise places.Refused("测试数据库的迁移失败，见上文。")
    leave_unvacuumed(url)


def leave_unvacuumed(url: str, leave: bool = True) -> None:
    """Take every table out of the server's own vacuum, or back into it.

    Tests roll back what they write: the vacuum would find tables without a living row, and the planner believe it
    while a test's hundreds of rows are there, unseen.
    """
    change = "SET (autovacuum_enabled = false)" if leave else "RESET (autovacuum_enabled)"
    with psycopg.connect(url, autocommit=True) as owner:
        rows = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in rows:
            owner.execute(sql.SQL("ALTER TABLE {} " + change).format(sql.Identifier(table)))


# --- pieces ----------------------------------------------------------------------------------------------------------


def _alone(lock) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _names(owner: psycopg.Connection, prefix: str) -> list[str]:
    rows = owner.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return [name for (name,) in rows]


def _exists(owner: psycopg.Connection, name: str) -> bool:
    return name in _names(owner, name)


def _drop(owner: psycopg.Connection, name: str) -> None:
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_leftovers(owner: psycopg.Connection, keep: str) -> None:
    for name in _names(owner, TEMPLATES) + _names(owner, CLONES):
        if name != keep:
            _drop(owner, name)
