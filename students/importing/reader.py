"""Cells out of a checked workbook, read by a child process that is allowed to fail."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Timer

from students.importing.child import unpacked
from students.importing.container import Limits
from students.importing.findings import WorkbookRefused

_ROOT = Path(__file__).resolve().parents[2]

Rows = list[list[object]]


def read_sheets(data: bytes, names: list[str], limits: Limits) -> dict[str, Rows]:
    """Rows of the named sheets; a cell is "" | str | float | bool | ["2017-09-01"] (a date cell).

    WorkbookRefused when the child dies, runs out of memory or time, or cannot read the file.
    """
    command = [sys.executable, "-m", "students.importing.child", str(limits.memory), str(limits.cpu_seconds), *names]
    environment = {"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(command, cwd=_ROOT, env=environment, **pipes)
    with child, _not_longer_than(3 * limits.cpu_seconds, child) as late:
        sheets = _received(child, data, names)
    if late.is_set():
        raise WorkbookRefused("too_slow", "读取文件超时，已停止。请分开上传或另存后重试")
    if child.returncode or sheets is None:
        raise WorkbookRefused("unreadable", "文件无法读取（内容损坏或过大）。请用 Excel 另存为 .xlsx 后重新上传")
    return sheets


@contextmanager
def _not_longer_than(seconds: float, child: subprocess.Popen) -> Iterator[Event]:
    """Kills the child when its time is up; the event says so."""
    late = Event()

    def kill():
        late.set()
        child.kill()

    timer = Timer(seconds, kill)
    timer.start()
    try:
        yield late
        child.wait()
    finally:
        timer.cancel()


def _received(child: subprocess.Popen, data: bytes, names: list[str]) -> dict[str, Rows] | None:
    """The sheets piece by piece, so that no text of the whole book is ever held; None when the child broke off.

    Columns repeat few texts: each is kept once.
    """
    for hand_over in (lambda: child.stdin.write(data), child.stdin.close):
        with suppress(BrokenPipeError):
            hand_over()
    sheets: dict[str, Rows] = {name: [] for name in names}
    known: dict[str, str] = {}
    keep = known.setdefault
    try:
        for line in child.stdout:
            name, columns = json.loads(line)
            for column in columns:
                column[0] = [keep(cell, cell) if type(cell) is str else cell for cell in column[0]]
            sheets[name] += map(list, zip(*map(unpacked, columns), strict=True))
    except ValueError:
        return None
    return sheets
