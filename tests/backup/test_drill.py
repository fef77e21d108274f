"""A backup is restored beside the living site and proved equal, row by row and file by file; a spoiled one is found."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings as site_settings

from accounts.roles import Role
from jianping_xueji.audit import anchoring
from tests.county import LEGAL_DAY

ROOT = Path(site_settings.BASE_DIR)
sys.path.insert(0, str(ROOT / "bin/runner"))

from contents import contents, differences  # noqa: E402

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER_KEY = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA="


def runs(program: str, *arguments, key=KEY, **more):
    environment = os.environ | {"BACKUP_KEY": key} | more
    command = [ROOT / ".venv/bin/python", ROOT / "bin/runner", program, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.fixture
def folders(tmp_path, monkeypatch, settings):
    """Anchors and sealed files of this county alone: those of other stories belong to other chains."""
    settings.AUDIT_ANCHOR_DIR = tmp_path / "anchors_of_the_site"
    monkeypatch.setenv("AUDIT_ANCHOR_DIR", str(settings.AUDIT_ANCHOR_DIR))
    monkeypatch.setenv("MEDIA_DIR", str(tmp_path / "media_of_the_site"))


@pytest.fixture
def site(transactional_db, folders, transfer, client, staff, no2, no1):
    """A county with a case, a sealed scan, events under a seal and an anchor."""
    client.force_login(staff(Role.REGISTRAR, no1))
    client.get(transfer.child.get_absolute_url())
    media = Path(os.environ["MEDIA_DIR"])
    media.mkdir(parents=True, exist_ok=True)
    (media / "sealed.bin").write_bytes(os.urandom(3_000_000))
    anchoring.drop(LEGAL_DAY)
    return transfer


@pytest.fixture
def taken(site, tmp_path):
    done = runs("backup", str(tmp_path / "backups"))
    assert done.returncode == 0, done.stderr
    return next((tmp_path / "backups").glob("backup-*"))


@pytest.fixture
def restored_name(request):
    """A database that does not outlive the story."""
    name = f"{urlsplit(os.environ['DATABASE_URL']).path[1:]}_restored"
    yield name
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def restores(folder, name, files, **more):
    return runs("restore", str(folder), "--database", name, "--files", str(files), **more)


def test_what_is_restored_is_what_was_backed_up(taken, restored_name, tmp_path, site):
    done = restores(taken, restored_name, tmp_path / "files")
    assert done.returncode == 0, done.stderr
    assert "逐表逐行核对：一致" in done.stdout and "完好" in done.stdout
    sealed = Path(os.environ["MEDIA_DIR"]) / "sealed.bin"
    assert (tmp_path / "files/media/sealed.bin").read_bytes() == sealed.read_bytes()
    address = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{restored_name}"
    serves = subprocess.run(
        [ROOT / ".venv/bin/python", ROOT / "manage.py", "shell", "-c",
         "from django.test import Client; ask = Client().get;"
         "print(ask('/healthz').status_code, ask('/login/').status_code);"
         "from students.models import Student;"
            f"print(Student.objects.get(pk={site.child.pk}).number('id').plain()[:6])"],
        env=os.environ | {"DATABASE_URL": address}, capture_output=True, text=True,
    )  # fmt: skip
    assert "200 200" in serves.stdout and "211399" in serves.stdout, serves.stdout + serves.stderr
    with psycopg.connect(address, autocommit=True) as application:
        for refused in ("DELETE FROM approvals_step", "TRUNCATE audit_event", "DELETE FROM audit_bell"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(refused)


def test_nothing_can_be_read_out_of_a_backup(taken, site):
    held = b"".join(path.read_bytes() for path in taken.iterdir())
    for word in (site.child.name, site.child.slug, "approvals_step", "PGDMP"):
        assert word.encode() not in held


@pytest.mark.parametrize("place", ["database.dump.box", "media.tar.box", "anchors.tar.box", "manifest.json.box"])
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_one_flipped_byte_is_found(taken, restored_name, tmp_path, place, where):
    file = taken / place
    data = bytearray(file.read_bytes())
    data[{"first": 0, "middle": len(data) // 2, "last": -1}[where]] ^= 1
    file.write_bytes(data)
    done = restores(taken, restored_name, tmp_path / "files")
    assert done.returncode == 1 and file.name in done.stderr


def test_pieces_cannot_be_left_out_or_taken_from_another_file(taken, restored_name, tmp_path):
    file = taken / "media.tar.box"
    whole = file.read_bytes()
    file.write_bytes(whole[: 12 + 4 + (1 << 20) + 16])
    assert restores(taken, restored_name, tmp_path / "files").returncode == 1
    file.write_bytes((taken / "anchors.tar.box").read_bytes())
    assert restores(taken, restored_name, tmp_path / "files").returncode == 1


def test_the_wrong_key_opens_nothing(taken, restored_name, tmp_path):
    done = restores(taken, restored_name, tmp_path / "files", key=OTHER_KEY)
    assert done.returncode == 1 and "备份密钥不对" in done.stderr
    assert not (tmp_path / "files").exists()


def test_nothing_living_is_overwritten(taken, restored_name, tmp_path):
    living = urlsplit(os.environ["DATABASE_URL"]).path[1:]
    assert "已存在" in restores(taken, living, tmp_path / "files").stderr
    (tmp_path / "files").mkdir()
    assert "已存在" in restores(taken, restored_name, tmp_path / "files").stderr


def test_a_record_altered_before_the_backup_is_found_by_the_anchor(site, owner, restored_name, tmp_path):
    """The backup is whole, what it holds is not: the anchor of another machine says so."""
    owner.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change")
    owner.execute("UPDATE audit_event SET account = 'somebody' WHERE kind = 'read'")
    done = runs("backup", str(tmp_path / "backups"))
    assert done.returncode == 0, done.stderr
    folder = next((tmp_path / "backups").glob("backup-*"))
    done = restores(folder, restored_name, tmp_path / "files")
    assert done.returncode == 1 and "改动" in done.stdout + done.stderr


def test_the_figures_notice_a_single_row(site, owner):
    """The control: were the figures blind, every drill would pass."""
    before = json.loads(json.dumps(contents(owner)))
    owner.execute("UPDATE students_student SET native_place = native_place || '1'")
    assert "rows students_student" in differences(before, contents(owner))
