"""Reads every file of the test corpus, good, bad and hostile, and holds CPU and memory against what was promised.

Per file at most 2 s of CPU (this process and the reader together) and 150 MB more than before, here or in the reader;
no file is left in the temporary folder. No database is needed.
Run: bin/bench import_corpus
"""

import sys
import tempfile
import warnings
from pathlib import Path

import clone  # noqa: F401 — makes the checkout importable
from measuring import Ratio, conclude

from students.importing.biff import scan
from students.importing.container import SCHOOL
from students.importing.findings import WorkbookRefused
from tests.students.hostile_files import HOSTILE, mutations
from tests.students.ordinary_files import ORDINARY
from tests.students.reading_costs import CPU_SECONDS, MEGABYTES, measured
from tests.students.test_import_layouts import read


def looked_through(files: list[bytes]) -> int:
    """How many spoilt old workbooks brought the look at them down instead of being refused in words."""
    crashed = 0
    for data in files:
        try:
            scan(data, SCHOOL)
        except WorkbookRefused:
            pass
        except Exception as fault:
            crashed += 1
            print(f"{type(fault).__name__}: {fault}")
    return crashed


def main() -> int:
    warnings.simplefilter("ignore")
    tempfile.tempdir = tempfile.mkdtemp()
    dearest = {"cpu": (0, ""), "grown": (0, ""), "reader": (0, "")}
    files = {f"ordinary: {kind}": make for kind, (make, _) in ORDINARY.items()}
    files |= {f"hostile: {kind}": make for kind, (make, _) in HOSTILE.items()}
    for name, make in files.items():
        data = make()
        with measured() as cost:
            read(data)
        dearest = {figure: max(most, (getattr(cost, figure), name)) for figure, most in dearest.items()}
        if not cost.kept:
            print(f"超限 {name}: {cost}")
    left, crashed = len(list(Path(tempfile.tempdir).iterdir())), looked_through(mutations())
    print({figure: f"{amount:.2f} {name}" for figure, (amount, name) in dearest.items()})
    times = len(files)
    ratios = [
        Ratio("最费处理器的一个文件（秒）", round(dearest["cpu"][0], 2), CPU_SECONDS, 0, 0, times),
        Ratio("本进程增加最多的内存（MB）", dearest["grown"][0], MEGABYTES, 0, 0, times),
        Ratio("读取进程最多的内存（MB）", dearest["reader"][0], MEGABYTES, 0, 0, times),
        Ratio("留下的临时文件", left, 0, 0, 0, times),
        Ratio("旧工作簿改坏字节后崩溃", crashed, 0, 0, 0, len(mutations())),
    ]
    return conclude("import_corpus", ratios, ordinary=len(ORDINARY), hostile=len(HOSTILE))


if __name__ == "__main__":
    sys.exit(main())
