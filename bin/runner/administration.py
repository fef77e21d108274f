"""bin/manage …: manage.py with the servers up; commands that change the schema run as the owner role."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import places
from services import Services

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "flush", "pgtrigger"}


def main(arguments: list[str]) -> int:
    with Services() as services:
        environment = services.environment()
        if arguments and arguments[0] in OWNER_COMMANDS:
            environment["DATABASE_URL"] = environment["DATABASE_OWNER_URL"]
        return run(arguments, environment)


def run(arguments: list[str], environment: dict) -> int:
    """Run manage.py to its end and give its exit code."""
    return run_program([sys.executable, places.ROOT / "manage.py", *arguments], environment)


def run_program(command: Sequence, environment: dict, folder: Path | None = None) -> int:
    """Run a program in the foreground: Ctrl-C reaches it directly from the terminal, SIGTERM is passed on."""
    child = subprocess.Popen(command, env=environment, cwd=folder)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        if child.poll() is None:
            child.terminate()
            child.wait()
