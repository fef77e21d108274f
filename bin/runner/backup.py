"""bin/backup: the whole site (rows, files, anchors) as one encrypted folder, with the figures to prove a restore by."""

import argparse
import json
import os
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg

import places
import programs
import strongbox
from contents import contents
from services import Services

MANIFEST = "manifest.json"
PARTS = ("database.dump", "media.tar", "anchors.tar")


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with Services() as services:
        folder = take(services, Path(options.folder))
    print(f"备份完成：{folder}")
    print("密钥不在备份里：BACKUP_KEY、VAULT_MASTER_KEYS、VAULT_INDEX_KEY 须另处保管，缺一不可恢复。")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/backup", description="备份数据库、密件和审计锚到一个加密的文件夹。")
    parser.add_argument("folder", nargs="?", default=str(places.VAR / "backups"), help="放备份的文件夹")
    return parser.parse_args(arguments)


def take(services: Services, folder: Path) -> Path:
    """Make a backup under `folder` and give its own folder; a half-made one is never left under its final name."""
    key = strongbox.key_of(backup_key(services))
    name = f"backup-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    draft, final = folder / f".{name}.new", folder / name
    draft.mkdir(parents=True, mode=0o700)
    environment = services.environment()
    # In plain only on the site's own disk, never on the medium that is carried away.
    places.VAR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xueji-backup-", dir=places.VAR) as scratch:
        plain = Path(scratch)
        held = _dump(services.owner_url, plain / PARTS[0])
        # Files after rows: a row never names a file that the backup lacks; an unnamed file does no harm.
        pack(media_of(environment), plain / PARTS[1])
        pack(anchors_of(environment), plain / PARTS[2])
        files = {part: strongbox.close(plain / part, draft / f"{part}.box", key) for part in PARTS}
        manifest = {"made_at": datetime.now(UTC).isoformat(), "files": files, "contents": held}
        (plain / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
        strongbox.close(plain / MANIFEST, draft / f"{MANIFEST}.box", key)
    draft.rename(final)
    return final


def _dump(url: str, target: Path) -> dict:
    """Dump the database and count it, both as of the same instant."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone()
        programs.run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}", url=url)
        return contents(connection)


def pack(folder: Path, target: Path) -> None:
    """All files of a folder; one that does not exist is an empty one."""
    with tarfile.open(target, "w") as archive:
        for path in sorted(folder.rglob("*")) if folder.exists() else ():
            if path.is_file():
                archive.add(path, str(path.relative_to(folder)), recursive=False)


def media_of(environment: dict) -> Path:
    return Path(environment.get("MEDIA_DIR") or places.VAR / "media")


def anchors_of(environment: dict) -> Path:
    return Path(environment.get("AUDIT_ANCHOR_DIR") or places.VAR / "anchors")


def backup_key(services: Services) -> str:
    """BACKUP_KEY of the environment; a checkout with its own server has one of its own."""
    if given := os.environ.get("BACKUP_KEY"):
        return given
    if not services.embedded_database:
        raise places.Refused("请设置环境变量 BACKUP_KEY（openssl rand -base64 32），并另处保管。")
    known = places.local_secrets()
    if "backup_key" not in known:
        known["backup_key"] = places.random_key()
        places.write_record("secrets.json", known)
    return known["backup_key"]
