"""Cells out of a checked workbook, read by a child process that is allowed to fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

from students.importing.container import Limits
from students.importing.findings import WorkbookRefused

_ROOT = Path(__file__).resolve().parents[2]


def read_sheets(data: bytes, names: list[str], limits: Limits) -> dict[str, list[list[object]]]:
    """Rows of the named sheets; a cell is "" | str | float | bool | ["2017-09-01"] (a date cell).

    WorkbookRefused when the child dies, runs out of memory or time, or cannot read the file.
    """
    command = [sys.executable, "-m", "students.importing.child", str(limits.memory), str(limits.cpu_seconds), *names]
    environment = {"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")}
    try:
        child = subprocess.run(
            command, input=data, capture_output=True, cwd=_ROOT, env=environment, timeout=3 * limits.cpu_seconds
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookRefused("too_slow", "读取文件超时，已停止。请分开上传或另存后重试") from error
    if child.returncode:
        raise WorkbookRefused("unreadable", "文件无法读取（内容损坏或过大）。请用 Excel 另存为 .xlsx 后重新上传")
    return json.loads(child.stdout)
