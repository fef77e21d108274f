"""Reads every file of the test corpus, good, bad and hostile, and holds CPU and memory against what was promised.

    PYTHONPATH=. .venv/bin/python bench/import_corpus.py

Per file at most 2 s of CPU (this process and the reading child together) and 150 MB more than before in either; no file
is left in the temporary folder. Exit code 1 otherwise. No database is needed.
"""

import resource
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

from tests.students.hostile_files import HOSTILE
from tests.students.ordinary_files import ORDINARY
from tests.students.test_import_layouts import read

CPU_SECONDS, MEGABYTES = 2.0, 150
_GLANCE = 0.002


class Children:
    """The largest resident size of any process begun through `subprocess.run`, looked at every two milliseconds."""

    def __init__(self):
        self.largest, self._run, self._pid = 0, subprocess.Popen.__init__, 0

    def __enter__(self):
        watch = self

        def begun(popen, *args, **kwargs):
            watch._run(popen, *args, **kwargs)
            threading.Thread(target=watch._look, args=(popen.pid,), daemon=True).start()

        subprocess.Popen.__init__ = begun
        return self

    def __exit__(self, *_):
        subprocess.Popen.__init__ = self._run

    def _look(self, pid: int) -> None:
        while True:
            try:
                status = Path(f"/proc/{pid}/status").read_text()
                peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "")
                if "python" in Path(f"/proc/{pid}/cmdline").read_text() and peak:
                    self.largest = max(self.largest, int(peak.split()[1]) // 1024)
            except (OSError, ValueError):
                return
            time.sleep(_GLANCE)


def used() -> tuple[float, int]:
    """CPU seconds of this process and its children so far, and its own peak in MB."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in (own, children)), own.ru_maxrss // 1024


def main() -> int:
    warnings.simplefilter("ignore")
    tempfile.tempdir = tempfile.mkdtemp()
    slowest, growth, child, late = (0.0, ""), (0, ""), (0, ""), []
    files = {**{f"ordinary: {k}": make for k, (make, _) in ORDINARY.items()}}
    files |= {f"hostile: {k}": make for k, (make, _) in HOSTILE.items()}
    for name, make in files.items():
        data = make()
        with Children() as children:
            cpu, peak = used()
            read(data)
            after = used()
        spent, grown = after[0] - cpu, after[1] - peak
        slowest, growth = max(slowest, (spent, name)), max(growth, (grown, name))
        child = max(child, (children.largest, name))
        if spent > CPU_SECONDS or grown > MEGABYTES or children.largest > MEGABYTES:
            late.append(f"{name}: {spent:.2f} s, +{grown} MB, child {children.largest} MB")
    left = list(Path(tempfile.tempdir).iterdir())
    print(f"{len(ORDINARY)} ordinary and {len(HOSTILE)} hostile files read")
    print(f"most CPU      {slowest[0]:.2f} s ({slowest[1]}); limit {CPU_SECONDS} s")
    print(
        f"most memory   +{growth[0]} MB here ({growth[1]}), {child[0]} MB in the child ({child[1]});"
        f" limit {MEGABYTES} MB"
    )
    print(f"left behind   {len(left)} temporary files")
    print("\n".join(["OVER THE LIMIT", *late]) if late else "all within the limits")
    return 1 if late or left else 0


if __name__ == "__main__":
    sys.exit(main())
