"""bin/restore: a backup into a new database and new folders, proved equal before anybody is led to it."""

import argparse
import json
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

import administration
import places
import programs
import strongbox
from backup import MANIFEST, PARTS, backup_key
from contents import contents, differences
from services import Services


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with Services() as services:
        restored = restore(services, Path(options.folder), options.database, Path(options.files))
        print("逐表逐行核对：一致。密件和锚文件：一致。")
        if administration.run(["verify_audit"], services.environment() | restored):
            raise places.Refused("审计链与锚不符：这份备份的记录被改动过，请换另一份。")
    print(f"恢复完成：数据库 {options.database}，文件夹 {options.files}")
    print(
        "启用：把 DATABASE_URL、DATABASE_OWNER_URL、DATABASE_SEAL_URL 的库名、MEDIA_DIR、AUDIT_ANCHOR_DIR "
        "指到恢复出来的，再启动网站。"
    )
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/restore", description="把备份恢复到一个新的数据库和新的文件夹。")
    parser.add_argument("folder", help="备份文件夹（backup-…）")
    parser.add_argument("--database", default="xueji_restored", help="新数据库的名字（不得已存在）")
    parser.add_argument("--files", default=str(places.VAR / "restored"), help="放密件和锚的新文件夹（不得已存在）")
    return parser.parse_args(arguments)


def restore(services: Services, folder: Path, database: str, files: Path) -> dict:
    """Restore and compare. The environment that leads to what was restored; Refused when anything differs."""
    if files.exists():
        raise places.Refused(f"文件夹 {files} 已存在，请换一个名字：恢复从不覆盖。")
    key = strongbox.key_of(backup_key(services))
    places.VAR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xueji-restore-", dir=places.VAR) as scratch:
        plain = Path(scratch)
        manifest = opened(folder, plain, key)
        url = _new_database(services.owner_url, database)
        programs.run(
            "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={database}",
            str(plain / PARTS[0]), url=url,
        )  # fmt: skip
        for part, name in ((PARTS[1], "media"), (PARTS[2], "anchors")):
            unpack(plain / part, files / name)
    with psycopg.connect(url) as connection:
        if found := differences(manifest["contents"], json.loads(json.dumps(contents(connection)))):
            raise places.Refused("恢复出来的数据与备份时不一致：\n" + "\n".join(found[:20]))
    return {
        "DATABASE_URL": named(services.database_url, database),
        "DATABASE_OWNER_URL": url,
        "DATABASE_SEAL_URL": named(services.seal_url, database) if services.seal_url else "",
        "MEDIA_DIR": str(files / "media"),
        "AUDIT_ANCHOR_DIR": str(files / "anchors"),
    }


def opened(folder: Path, plain: Path, key: bytes) -> dict:
    """Every part of a backup opened into `plain`, each compared with the manifest. Raises Refused."""
    if not (folder / f"{MANIFEST}.box").exists():
        raise places.Refused(f"{folder} 不是备份文件夹：没有 {MANIFEST}.box。")
    strongbox.open_(folder / f"{MANIFEST}.box", plain / MANIFEST, key, MANIFEST)
    manifest = json.loads((plain / MANIFEST).read_text())
    for part, expected in manifest["files"].items():
        if not (folder / f"{part}.box").exists():
            raise places.Refused(f"备份缺少 {part}.box。")
        if strongbox.open_(folder / f"{part}.box", plain / part, key, part) != expected:
            raise places.Refused(f"备份文件 {part}.box 与清单不符：它来自另一份备份。")
    return manifest


def _new_database(owner_url: str, name: str) -> str:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        if owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            raise places.Refused(f"数据库 {name} 已存在，请用 --database 换一个名字：恢复从不覆盖。")
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    return named(owner_url, name)


def named(url: str, database: str) -> str:
    """The same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
