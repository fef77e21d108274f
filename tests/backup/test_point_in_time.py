"""Recovery to a moment with PostgreSQL's own tools: base backup, archived log, a third of the rows destroyed, brought
back as they stood at the moment before. On a cluster of its own; the steps are those of docs/backup.md.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
sys.path.insert(0, str(ROOT / "bin/runner"))

import places  # noqa: E402
import ports  # noqa: E402
import programs  # noqa: E402

CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = replica
archive_mode = on
archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'
shared_buffers = 16MB
"""
BASE_OPTIONS = ("--checkpoint=fast", "--manifest-checksums=SHA256")
DIGEST = "SELECT count(*), sum(hashtextextended(c::text, 0)) FROM child c"


class Cluster:
    """A small server with an archive of its log."""

    def __init__(self, base: Path):
        self.base, self.data, self.archive = base, base / "pg", base / "archive"
        self.port = ports.choose(None)

    def run(self, name: str, *arguments: str, refused: bool = False) -> str:
        done = subprocess.run(
            [places.postgres_programs(places.server_base()) / name, *arguments],
            cwd=self.base, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, stdin=subprocess.DEVNULL,
            stdout=(self.base / "out.txt").open("w"), stderr=subprocess.STDOUT, **places.as_account(),
        )  # fmt: skip
        said = (self.base / "out.txt").read_text()
        assert bool(done.returncode) == refused, said
        return said

    def create(self) -> None:
        self.run("initdb", "-D", str(self.data), "-U", "admin", "--auth=trust", "--encoding=UTF8", "--data-checksums")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(CONFIGURATION.format(archive=self.archive))
        self.start(self.data)

    def start(self, data: Path) -> None:
        self.run("pg_ctl", "start", "-D", str(data), "-w", "-o", f"-p {self.port}", "-l", str(self.base / "log"))

    def stop(self, data: Path) -> None:
        self.run("pg_ctl", "stop", "-D", str(data), "-m", "immediate", "-w")

    @property
    def where(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "admin"]

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="admin", dbname="postgres", autocommit=True)


@pytest.fixture
def cluster():
    if not programs.WHEEL.exists():
        pytest.skip("needs the server programs of the wheel")
    base = places.server_base() / f"pitr-{os.getpid()}"
    (base / "archive").mkdir(parents=True)
    for folder in (base, base / "archive"):
        places.own(folder)
    made = Cluster(base)
    made.create()
    yield made
    for data in base.glob("*/postmaster.pid"):
        made.stop(data.parent)
    shutil.rmtree(base, ignore_errors=True)


def test_back_to_the_moment_before(cluster):
    with cluster.connect() as site:
        site.execute("CREATE TABLE child (id int PRIMARY KEY, name text)")
        site.execute("INSERT INTO child SELECT n, 'child ' || n FROM generate_series(1, 3000) n")
        base = cluster.base / "base"
        cluster.run(
            "pg_basebackup", *cluster.where, "-D", str(base), "--checkpoint=fast", "--manifest-checksums=SHA256"
        )
        assert "successfully verified" in cluster.run("pg_verifybackup", str(base))
        # After the base backup: only the archived log knows of it.
        site.execute("INSERT INTO child SELECT n, 'late ' || n FROM generate_series(3001, 4000) n")
        wanted = site.execute(DIGEST).fetchone()
        (moment,) = site.execute("SELECT clock_timestamp()::text").fetchone()
        site.execute("SELECT pg_sleep(0.01)")
        site.execute("DELETE FROM child WHERE id % 3 = 0")
        assert site.execute(DIGEST).fetchone() != wanted
        site.execute("SELECT pg_switch_wal()")
        site.execute("CHECKPOINT")
        wait_for_archive(site)
    cluster.stop(cluster.data)
    recover(cluster, base, moment)
    with cluster.connect() as site:
        assert site.execute(DIGEST).fetchone() == wanted
        assert site.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
    cluster.stop(base)


def test_a_flipped_byte_in_a_base_backup_is_found(cluster):
    base = cluster.base / "base"
    cluster.run("pg_basebackup", *cluster.where, "-D", str(base), *BASE_OPTIONS)
    file = max((base / "base").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert "checksum mismatch" in cluster.run("pg_verifybackup", str(base), refused=True)


def wait_for_archive(site) -> None:
    """Until the server says that the segment with the last change is in the archive."""
    for _ in range(300):
        row = site.execute(
            "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 16777216) FROM pg_stat_archiver"
        ).fetchone()
        if row[0]:
            return
        site.execute("SELECT pg_sleep(0.1)")
    raise AssertionError("the log was not archived")


def recover(cluster: Cluster, base: Path, moment: str) -> None:
    """The three lines of docs/backup.md, then a start."""
    with (base / "postgresql.auto.conf").open("a") as file:
        file.write(f"restore_command = 'cp {cluster.archive}/%f %p'\n")
        file.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n")
    (base / "recovery.signal").touch()
    places.own(base / "recovery.signal")
    cluster.start(base)
    with cluster.connect() as site:
        for _ in range(100):
            if not site.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
                return
            site.execute("SELECT pg_sleep(0.1)")
