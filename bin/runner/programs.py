"""PostgreSQL's own programs: those of the wheel when it is our server, those of the system otherwise."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import places

WHEEL = places.SITE_PACKAGES / places.POSTGRES_PROGRAMS


def find(name: str) -> Path:
    """The program; the wheel's first, which is as new as any server it may meet."""
    path = WHEEL / name
    found = path if path.exists() else shutil.which(name)
    if not found:
        raise places.Refused(f"没有找到 PostgreSQL 的程序 {name}，请安装 postgresql-client。")
    return Path(found)


def run(name: str, *arguments: str, url: str) -> None:
    """Run it against a database; the password goes by the environment, never on the command line. Raises Refused."""
    parts = urlsplit(url)
    place = {
        "PGHOST": unquote(parts.hostname or ""),
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.removeprefix("/")),
    }
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        [find(name), *arguments], env=kept | place | {"LC_ALL": "C.UTF-8"}, capture_output=True, text=True
    )
    if done.returncode:
        raise places.Refused(f"{name} 失败：\n" + "\n".join(done.stderr.splitlines()[-8:]))
