"""Work in a process of its own, with the memory it and its children hold watched from outside."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
EVERY = 0.2
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


class Laps:
    """Seconds since the last call: by the clock, and of processors in this process, its children and one backend."""

    def __init__(self, backend: int):
        self.backend = backend
        self.last = self._now()

    def __call__(self) -> tuple[float, float]:
        before, self.last = self.last, self._now()
        return self.last[0] - before[0], self.last[1] - before[1]

    def _now(self) -> tuple[float, float]:
        spent = _text(Path(f"/proc/{self.backend}/stat")).rpartition(")")[2].split()[11:13]
        return time.perf_counter(), sum(os.times()[:4]) + sum(map(int, spent)) / TICKS


def in_a_process(work: Callable[[], Any]) -> tuple[Any, float]:
    """What `work` returned (plain as JSON), and the most megabytes that its process and all below it held at once.

    Libraries that they share are counted in each. Raises RuntimeError when the process failed.
    """
    from django.db import connections

    connections.close_all()
    reading, writing = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(reading)
        _answer(work, writing)
    os.close(writing)
    most = 0.0
    while os.waitpid(worker, os.WNOHANG) == (0, 0):
        most = max(most, sum(map(_megabytes, [worker, *_below(worker)])))
        time.sleep(EVERY)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    if not answer:
        raise RuntimeError("the measured process failed")
    return json.loads(answer), most


def _answer(work: Callable[[], Any], pipe: int) -> None:
    """In the child: do it, write the answer, and leave without the parent's tidying up."""
    code = 1
    try:
        answer = json.dumps(work()).encode()
        while answer:
            answer = answer[os.write(pipe, answer) :]
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _below(process: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in _text(path).split():
            found += [int(child), *_below(int(child))]
    return found


def _megabytes(process: int) -> float:
    resident = _text(Path(f"/proc/{process}/statm")).split()[1:2]
    return int(resident[0]) * PAGE_MB if resident else 0.0


def _text(path: Path) -> str:
    """Of a process that may just have ended."""
    try:
        return path.read_text()
    except OSError:
        return ""
