"""Whoever alters what was written down is found: seven ways of doing it, by each role the database knows."""

import gc
import json
import os
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from approvals.services import perform
from jianping_xueji.audit import anchoring, checks, signatures, tasks, verify_audit
from jianping_xueji.audit.exporting import event_lines, seal_lines
from jianping_xueji.audit.models import Anchor, Event, Seal
from jianping_xueji.audit.sealing import seal_all, sealer
from jianping_xueji.audit.verify_audit import verify
from tests.county import LEGAL_DAY

EVENT = "INSERT INTO audit_event (kind, actor, account, reason) VALUES ('read', %s, 'zhang', '日常')"
REWRITE = "; ".join(
    ["DELETE FROM audit_seal", "UPDATE audit_event SET actor = 99 WHERE actor = 3", *["SELECT audit_seal_batch(4)"] * 3]
)
OPEN = "".join(
    f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change; ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate;"
    for table in ("audit_event", "audit_seal")
)
# What is done, and whether the chain alone shows it or only chain and anchor together.
WAYS = {
    "edit": ("UPDATE audit_event SET actor = 99 WHERE actor = 5", True),
    "delete in the middle": ("DELETE FROM audit_event WHERE actor = 5", True),
    "delete the tail": ("DELETE FROM audit_event WHERE actor > 8; DELETE FROM audit_seal WHERE height > 2", False),
    "swap": ("UPDATE audit_event SET actor = 11 - actor WHERE actor IN (5, 6)", True),
    "forge": ("INSERT INTO audit_event (kind, actor, at) VALUES ('read', 7, now() - interval '2 days')", True),
    "truncate": ("TRUNCATE audit_event, audit_seal", False),
    "rewrite all": (REWRITE, False),
}


@pytest.fixture
def chain(transactional_db, tmp_path, settings):
    """Twelve events under three seals, anchored at the end."""
    settings.AUDIT_ANCHOR_DIR = tmp_path
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event")
        for actor in range(1, 13):
            cursor.execute(EVENT, [actor])
            if actor % 4 == 0:
                seal_all()
    return anchoring.content(anchoring.drop(LEGAL_DAY))


@pytest.fixture
def superuser(transactional_db):
    """The role that may do everything, where these tests know its password (the embedded server)."""
    secrets = Path(settings.BASE_DIR / "var/secrets.json")
    if not secrets.exists():
        pytest.skip("an outside server: its superuser is not ours")
    parts = urlsplit(os.environ["DATABASE_OWNER_URL"])
    place = f"xueji_admin:{json.loads(secrets.read_text())['postgres_admin']}@{parts.hostname}:{parts.port}"
    with psycopg.connect(urlunsplit(parts._replace(netloc=place)), autocommit=True) as admin:
        yield admin


def faults(*anchors):
    return verify(seal_lines, event_lines(), anchors).faults


def test_an_honest_chain_verifies(chain):
    assert faults(chain) == []
    seal_all()
    assert faults(chain) == []


def test_a_backlog_sealed_after_an_outage_is_no_forgery(transactional_db, owner):
    """Sealing stood still for two hours: what waited is sealed in several seals within a moment."""
    for minutes in range(120, 0, -15):
        ago = "INSERT INTO audit_event (kind, actor, at) VALUES ('read', 7, now() - make_interval(mins => %s))"
        owner.execute(ago, [minutes])
    for _ in range(3):
        owner.execute("SELECT audit_seal_batch(4)")
    assert faults() == []
    owner.execute("INSERT INTO audit_event (kind, actor, at) VALUES ('read', 7, now() - interval '1 hour')")
    assert "事后插入" in faults()[0]


@pytest.mark.parametrize("way", WAYS)
def test_the_application_is_stopped(chain, way):
    with pytest.raises(Exception) as stopped, connection.cursor() as cursor:
        cursor.execute(WAYS[way][0].partition(";")[0])
    assert isinstance(stopped.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert faults(chain) == []


@pytest.mark.parametrize("way", WAYS)
def test_the_owner_is_found(chain, owner, way):
    statement, alone = WAYS[way]
    for each in filter(str.strip, (OPEN + statement).split(";")):
        owner.execute(each)
    assert faults(chain), "the anchor must show it"
    assert bool(faults()) == alone, "and the chain alone, or not: that is what the anchor is for"


@pytest.mark.parametrize("way", WAYS)
def test_the_superuser_is_found(chain, superuser, way):
    statement, alone = WAYS[way]
    superuser.execute("DROP TRIGGER audit_event_no_change ON audit_event")
    superuser.execute("DROP TRIGGER audit_seal_no_change ON audit_seal")
    for table in ("audit_event", "audit_seal"):
        superuser.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    for each in statement.split(";"):
        superuser.execute(each)
    assert faults(chain)
    assert bool(faults()) == alone


def test_replica_mode_walks_past_no_trigger(chain, superuser):
    superuser.execute("SET session_replication_role = replica")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="insert-only"):
        superuser.execute("UPDATE audit_event SET actor = 99")


def test_what_is_forged_is_found_after_it_was_sealed_too(chain, owner):
    owner.execute(WAYS["forge"][0])
    seal_all()
    assert "事后插入" in faults(chain)[0]


def test_a_signature_altered_behind_the_audit_is_found(owner, transfer, staff):
    perform(transfer, "submit", by=staff(Role.REGISTRAR, transfer.lead_school), opinion="同意转入")
    assert signatures.altered() == []
    owner.execute("ALTER TABLE approvals_step DISABLE TRIGGER approvals_step_no_change")
    owner.execute("UPDATE approvals_step SET opinion = '不同意'")
    assert "approvals_step" in signatures.altered()[0]


# --- who may seal ----------------------------------------------------------------------------------------------------

SEALING = [
    "SELECT audit_seal_batch(10)",
    "INSERT INTO audit_seal (height) VALUES (99)",
    """INSERT INTO audit_anchor ("on", made_at, height, events, hash, sm3, file)
       VALUES ('2020-01-01', now(), 0, 0, '', '', '')""",
    "SELECT nextval('audit_anchor_id_seq')",
]


@pytest.mark.parametrize("statement", SEALING)
def test_the_application_can_neither_seal_nor_anchor(chain, statement):
    before = (Seal.objects.count(), Anchor.objects.count())
    with pytest.raises(Exception) as stopped, connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(stopped.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert (Seal.objects.count(), Anchor.objects.count()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_seal (height) VALUES (99)",
        "UPDATE audit_seal SET hash = ''",
        "DELETE FROM audit_anchor",
        "INSERT INTO audit_event (kind) VALUES ('read')",
        "SELECT 1 FROM students_student",
        "SELECT 1 FROM accounts_user",
    ],
)
def test_the_sealing_login_can_nothing_else(chain, statement):
    with sealer() as sealing, pytest.raises(psycopg.errors.InsufficientPrivilege):
        sealing.execute(statement)


def test_a_process_without_the_login_is_told(chain, settings):
    settings.DATABASE_SEAL_URL = ""
    with pytest.raises(ImproperlyConfigured, match="DATABASE_SEAL_URL"):
        seal_all()


def test_no_process_starts_with_one_login_for_both(settings):
    assert checks.sealing_has_a_login_of_its_own(None) == []
    settings.DATABASE_SEAL_URL = settings.DATABASE_URL
    assert [fault.id for fault in checks.sealing_has_a_login_of_its_own(None)] == ["audit.E001"]


def test_the_day_s_anchor_is_made_once_by_whoever_rings(chain):
    """The fixture has anchored another day; two rings of today make one anchor."""
    tasks.anchor()
    tasks.anchor()
    assert Anchor.objects.filter(on=timezone.localdate()).count() == 1


# --- the stand-alone verifier ----------------------------------------------------------------------------------------


def test_another_machine_verifies_the_export(chain, owner, tmp_path):
    file, anchor = tmp_path / "a.jsonl.gz", tmp_path / f"anchor-{LEGAL_DAY}.json"
    call_command("audit_export", str(file))
    script = [settings.BASE_DIR / "bin/verify_audit", file, anchor]
    clean = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}
    good = subprocess.run(script, capture_output=True, text=True, env=clean)
    assert good.returncode == 0 and "完好" in good.stdout, good.stdout + good.stderr
    for each in filter(str.strip, (OPEN + WAYS["rewrite all"][0]).split(";")):
        owner.execute(each)
    call_command("audit_export", str(file))
    bad = subprocess.run(script, capture_output=True, text=True, env=clean)
    assert bad.returncode == 1 and "整条链被重写" in bad.stdout


def test_the_command_says_what_was_altered(chain, owner, capsys):
    call_command("verify_audit")
    assert "完好" in capsys.readouterr().out
    for each in filter(str.strip, (OPEN + WAYS["edit"][0]).split(";")):
        owner.execute(each)
    with pytest.raises(CommandError):
        call_command("verify_audit")
    number = Event.objects.get(actor=99).pk
    assert f"封内的事件被改动：{number}" in capsys.readouterr().out


# --- sealing beside writers ------------------------------------------------------------------------------------------


def test_every_event_is_sealed_once_however_late_it_commits(transactional_db):
    """A transaction that drew a small number and commits after its followers were sealed is not passed over."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url) as slow, psycopg.connect(url, autocommit=True) as quick:
        slow.execute(EVENT, [1])
        quick.execute(EVENT, [2])
        seal_all()
        slow.commit()
        quick.execute(EVENT, [3])
        with psycopg.connect(url) as undone:
            undone.execute(EVENT, [4])
            undone.rollback()
        seal_all()
    report = verify(seal_lines, event_lines())
    assert report.faults == [] and report.waiting == 0
    assert set(Event.objects.values_list("actor", flat=True)) >= {1, 2, 3}


def test_many_writers_and_two_sealers(transactional_db):
    url = os.environ["DATABASE_URL"]

    def write(person):
        with psycopg.connect(url) as mine:
            for turn in range(20):
                mine.execute(EVENT, [person])
                mine.rollback() if turn % 5 == 4 else mine.commit()

    def seal():
        with sealer() as sealing:
            for _ in range(30):
                sealing.execute("SELECT audit_seal_batch(7)")

    workers = [threading.Thread(target=write, args=[n]) for n in range(100, 108)]
    workers += [threading.Thread(target=seal) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seal_all()
    report = verify(seal_lines, event_lines())
    assert report.faults == [] and report.waiting == 0
    assert Event.objects.filter(actor__gte=100, actor__lt=108).count() == 8 * 16


def test_the_verifier_holds_only_the_seals_it_is_in_the_midst_of(transactional_db, owner):
    """However long the chain: of forty seals a few are in memory at any event, and all are judged."""
    for actor in range(40):
        owner.execute(EVENT, [actor])
        owner.execute("SELECT audit_seal_batch(1000)")
    held = []

    def walked():
        for line in event_lines():
            yield line
            held.append(sum(type(each) is verify_audit.Seal for each in gc.get_objects()))

    report = verify(seal_lines, walked())
    assert report.faults == [] and report.seals >= 40 and max(held) <= 3
