"""Kinds of work that only the tests offer. Their effect is a Group: its name is unique, so doing it twice is seen."""

import os
import signal
import time
from pathlib import Path

from django.contrib.auth.models import Group

from jianping_xueji.jobs import JobFailed, Run, job


def effect(run: Run) -> str:
    return f"effect of {run.job.pk}"


@job("test.count", label="数一数")
def count(run: Run) -> None:
    for number in range(run.arguments.get("steps", 3)):
        run.progress("计算", number + 1, run.arguments.get("steps", 3))
    with run.commit() as result:
        Group.objects.create(name=effect(run))
        result["url"] = "/counted/"


@job("test.answer", label="只读核对")
def answer(run: Run) -> dict:
    return {"answer": 42}


@job("test.refuse", label="必然不成")
def refuse(run: Run) -> None:
    raise JobFailed("第3行缺少姓名")


@job("test.break", label="出错")
def break_down(run: Run) -> None:
    with run.commit():
        Group.objects.create(name=effect(run))
        raise RuntimeError("211322201505120012")


@job("test.recover", label="第二次才成")
def recover(run: Run) -> dict:
    if run.attempt == 1:
        raise ConnectionError
    return {"attempt": run.attempt}


@job("test.slow", label="慢活")
def slow(run: Run) -> None:
    """Stops at the named place on the first attempt until it is killed; the file tells the test that it is there."""
    first, place = run.attempt == 1, run.arguments["stop"]
    run.progress("准备", 1, 2)
    if first and place == "before":
        stay(run)
    with run.commit() as result:
        Group.objects.create(name=effect(run))
        if first and place == "within":
            stay(run)
        result["attempt"] = run.attempt


@job("test.poison", label="毒任务")
def poison(run: Run) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stay(run: Run) -> None:
    Path(run.arguments["here"]).write_text("here")
    time.sleep(60)
