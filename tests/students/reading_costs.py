"""What the reading of one upload takes: processor time of this process and its reader, and the peak memory of each."""

import resource
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CPU_SECONDS, MEGABYTES = 2.0, 150
_GLANCE = 0.002
_FORGET_THE_PEAK = "5"


@dataclass
class Cost:
    """Seconds of both processes; megabytes this one grew by at its peak, and the most any reader held."""

    cpu: float = 0.0
    grown: int = 0
    reader: int = 0

    @property
    def kept(self) -> bool:
        """True within what is promised for every file of the corpus."""
        return self.cpu <= CPU_SECONDS and self.grown <= MEGABYTES and self.reader <= MEGABYTES

    def __str__(self):
        return f"{self.cpu:.2f} s, +{self.grown} MB, reader {self.reader} MB"


@contextmanager
def measured() -> Iterator[Cost]:
    """Fills the cost in when the block ends, however it ends."""
    cost = Cost()
    Path("/proc/self/clear_refs").write_text(_FORGET_THE_PEAK)
    before, spent = _kilobytes("self", "VmRSS"), _cpu()
    try:
        with _readers_watched(cost):
            yield cost
    finally:
        cost.cpu = _cpu() - spent
        cost.grown = max(0, _kilobytes("self", "VmHWM") - before) // 1024


@contextmanager
def _readers_watched(cost: Cost) -> Iterator[None]:
    """Looks at every process begun inside from its first instruction on; its own high-water mark forgets nothing."""
    begin = subprocess.Popen.__init__
    watchers = []

    def begun(popen, *args, **kwargs):
        begin(popen, *args, **kwargs)
        watchers.append(threading.Thread(target=_watch, args=(popen.pid, cost), daemon=True))
        watchers[-1].start()

    subprocess.Popen.__init__ = begun
    try:
        yield
    finally:
        subprocess.Popen.__init__ = begin
        for each in watchers:
            each.join()


def _watch(pid: int, cost: Cost) -> None:
    while peak := _kilobytes(pid, "VmHWM"):
        cost.reader = max(cost.reader, peak // 1024)
        time.sleep(_GLANCE)


def _kilobytes(pid: int | str, field: str) -> int:
    """A figure of a living process; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (OSError, ValueError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


def _cpu() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)
