"""后台任务：要做多久、做到哪里、谁要做的，都是数据库里的一行。

The truth about a job is its ``Job`` row, written in the business transaction; Celery only rings the bell. A worker
leases the row, works, and commits the effect together with ``done``. A worker that dies loses its lease, the sweeper
rings again, and another one starts over: nothing is lost and nothing happens twice.

An app offers work in ``<app>/job_handlers.py`` (found by itself when Django starts)::

    from jianping_xueji.jobs import JobFailed, Run, job

    @job("students.import", label="导入学生")
    def import_students(run: Run) -> dict | None:
        rows = read(run.arguments["file"])            # long preparation, no transaction open
        run.progress("核对", 100, len(rows))           # shown at once; raises Cancelled when the user gave up
        with run.commit() as result:                  # effect and "done" in one transaction
            write(rows)
            result["url"] = "/students/"              # the link under the finished job

Without ``run.commit()`` the returned dict is the result. ``raise JobFailed("…")`` ends the job with a message for the
user; any other error is tried again, three times in all. And it is started in the caller's transaction::

    from jianping_xueji.jobs.services import start
    started = start("students.import", {"file": name}, by=request.user, school_id=school.pk)

Arguments, results and messages are kept in the clear: names and numbers of children have no place in them.
"""

from importlib import import_module

from .registry import Cancelled, JobFailed, LeaseLost, UnknownKind, job

__all__ = ["Cancelled", "Job", "JobFailed", "LeaseLost", "Run", "UnknownKind", "cancel", "job", "retry", "start"]

# These need models, which do not exist yet when Django first imports this package.
_LATER = {"Job": "models", "Run": "run", "start": "services", "cancel": "services", "retry": "services"}


def __getattr__(name: str):
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)
