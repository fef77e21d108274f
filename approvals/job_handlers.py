"""The nightly work of the statutory clock."""

from jianping_xueji.jobs import Run, job
from law import clock

from .countdown.engine import check_all


@job("deadlines.check", label="期限检查")
def check_deadlines(run: Run) -> None:
    """Of the legal day on which it runs, not of the day for which it was rung: a job that waited checks today."""
    with run.commit() as result:
        tallies = check_all(clock.today(), each=lambda done, total: run.progress("检查期限", done, total))
        result["on"] = clock.today()
        result["deadlines"] = tallies
        result["failed"] = [code for code, tally in tallies.items() if "failed" in tally]
