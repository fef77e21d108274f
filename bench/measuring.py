"""Medians of two ways of doing one thing, taken turn by turn so that a noisy machine disturbs both alike."""

import gc
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Ratio:
    """What one measurement found: our median against the limit's, and how much dearer we may be."""

    name: str
    ratio: float
    allowed: float
    ours_ms: float
    limit_ms: float
    times: int

    @property
    def kept(self) -> bool:
        return self.ratio <= self.allowed

    def __str__(self):
        verdict = "合格" if self.kept else "超限"
        return (
            f"{self.name}：本系统 {self.ours_ms:.2f} 毫秒，极限 {self.limit_ms:.2f} 毫秒，"
            f"比值 {self.ratio:.2f}（上限 {self.allowed:g}）{verdict}"
        )


def peak_mb() -> int:
    """The most memory this process has held, in MB.

    Not what getrusage calls the maximum: that takes over what the parent held when it began this process.
    """
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def compare(
    name: str,
    ours: Callable,
    limit: Callable,
    *,
    allowed: float,
    times: int,
    warm_up: int,
    per_run: int = 1,
    seconds: Callable[[Callable], float] | None = None,
) -> Ratio:
    """Run both `times` times in turn after `warm_up` unmeasured turns; the ratio of their medians.

    `per_run` is how many of the named thing one call does.
    `seconds` tells what a call costs; by the clock when none is given.
    """
    seconds = seconds or seconds_of
    for _ in range(warm_up):
        ours()
        limit()
    gc.collect()
    mine, least = [], []
    for _ in range(times):
        mine.append(seconds(ours))
        least.append(seconds(limit))
    ours_ms, limit_ms = (statistics.median(taken) * 1000 / per_run for taken in (mine, least))
    return Ratio(name, round(ours_ms / limit_ms, 2), allowed, ours_ms, limit_ms, times)


def seconds_of(work: Callable) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def conclude(bench: str, ratios: list[Ratio], part: str = "", **scale) -> int:
    """Print every ratio, keep them in results/ without a trace of the machine, and say by exit code if all are kept.

    A `part` is kept beside the other parts of the bench, which stay as they are.
    """
    for ratio in ratios:
        print(ratio)
    kept = [{name: value for name, value in asdict(each).items() if not name.endswith("_ms")} for each in ratios]
    record = {"bench": bench, "on": f"{datetime.now(UTC):%Y-%m-%d}", **scale, "ratios": kept}
    RESULTS.mkdir(exist_ok=True)
    if part:
        record = {"bench": bench, "parts": _parts_of(bench) | {part: record}}
    (RESULTS / f"{bench}.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(ratio.kept for ratio in ratios) else 1


def _parts_of(bench: str) -> dict:
    kept = RESULTS / f"{bench}.json"
    return json.loads(kept.read_text()).get("parts", {}) if kept.exists() else {}
