"""What a handler holds in its hands while it works."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models.functions import Now

from .models import Job
from .pulse import Pulse, SidePulse
from .registry import Cancelled, LeaseLost


class Run:
    """One attempt at a job: its arguments, its progress and the one transaction that finishes it."""

    def __init__(self, job: Job):
        self.job = job
        self.committed = False
        # Inside an outer transaction another connection could not see the row: then the pulse shares this one.
        self._pulse = Pulse(job) if connection.in_atomic_block else SidePulse(job)

    def __enter__(self) -> "Run":
        self._pulse.start()
        return self

    def __exit__(self, *_fault) -> None:
        self._pulse.stop()

    @property
    def arguments(self) -> dict:
        return self.job.arguments

    @property
    def attempt(self) -> int:
        """1, 2 or 3."""
        return self.job.attempts

    def progress(self, phase: str, done: int = 0, total: int = 0) -> None:
        """Show where the work stands; cheap enough for every row. Raises Cancelled or LeaseLost."""
        if self.committed:
            return  # the row has ended; what is left to do is tidying up
        self._pulse.report(phase, done, total)
        self._stop_if_unwanted()

    @contextmanager
    def commit(self) -> Iterator[dict]:
        """The transaction of the effect. Fill the yielded dict with the result.

        At its end the job becomes ``done`` by one conditional update: if the user has cancelled or another worker has
        taken over, Cancelled or LeaseLost is raised instead and the effect is rolled back. Used once per run.
        """
        if self.committed:
            raise RuntimeError("a job commits once")
        self._stop_if_unwanted()
        result: dict = {}
        with transaction.atomic():
            yield result
            self._mark_done(result)
        self.committed = True

    def _mark_done(self, result: dict) -> None:
        held = Job.objects.held_by(self.job)
        moved = held.filter(cancel_requested=False).update(
            state=Job.State.DONE,
            result=result,
            error="",
            finished_at=Now(),
            leased_by="",
            lease_until=None,
            **self._pulse.latest,
        )
        if not moved:
            raise Cancelled if held.exists() else LeaseLost

    def _stop_if_unwanted(self) -> None:
        if self._pulse.lost:
            raise LeaseLost
        if self._pulse.cancelled:
            raise Cancelled
