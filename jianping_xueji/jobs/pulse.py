"""The worker's pulse: writes progress, prolongs the lease, hears that the job was cancelled.

It beats in a thread with a connection of its own, in autocommit. So progress is seen while the handler's
transaction is open, and a handler that is silent for minutes (a workbook being parsed) keeps its lease.
"""

import logging
import threading
import time

from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now
from psycopg.pq import TransactionStatus

from .models import Job, lease_time

logger = logging.getLogger(__name__)

ACTIVE = TransactionStatus.ACTIVE
THROTTLE = 0.3
# How long a wish to cancel may go unheard while the handler reports nothing new.
LISTEN = 1.0


class Pulse:
    """Beats within the caller's transaction, for a job that is run inside one (as most tests do)."""

    def __init__(self, job: Job):
        self.job = job
        self.cancelled = False
        self.lost = False
        self._progress: dict = {}
        self._beaten_at = 0.0

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def report(self, phase: str, done: int, total: int) -> None:
        """Note the progress; it is written at once or within the throttle time."""
        self._progress = {"phase": phase.replace("\0", "")[:200], "done": done, "total": total}
        if time.monotonic() - self._beaten_at >= THROTTLE and not self._is_copying():
            self.beat()

    def _is_copying(self) -> bool:
        """True while rows stream through the shared connection: a statement in between would wait for itself."""
        return bool(connection.connection) and connection.connection.info.transaction_status == ACTIVE

    def beat(self) -> None:
        """One short statement each way. A row that is no longer ours means that the lease is lost."""
        self._beaten_at = time.monotonic()
        held = Job.objects.held_by(self.job)
        self.lost = not held.update(lease_until=Now() + lease_time(), **self._progress)
        self.cancelled = not self.lost and held.filter(cancel_requested=True).exists()

    @property
    def latest(self) -> dict:
        """The last reported progress, to be written with the final state."""
        return self._progress


class SidePulse(Pulse):
    """Beats in its own thread, on its own connection."""

    def __init__(self, job: Job):
        super().__init__(job)
        self._written: dict = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name=f"job-{job.pk}-pulse", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and its connection; after this nothing writes to the row from the side."""
        self._stopping.set()
        self._thread.join()

    def report(self, phase: str, done: int, total: int) -> None:
        self._progress = {"phase": phase.replace("\0", "")[:200], "done": done, "total": total}

    def _beat_on(self) -> None:
        pause = min(LISTEN, lease_time().total_seconds() / 3)
        try:
            while not self._stopping.wait(min(THROTTLE, pause)) and not self.lost:
                if self._progress != self._written or time.monotonic() - self._beaten_at >= pause:
                    self._beat_or_reconnect()
        finally:
            connection.close()

    def _beat_or_reconnect(self) -> None:
        progress = self._progress
        try:
            self.beat()
            self._written = progress
        except (DatabaseError, InterfaceError) as fault:
            # The database restarts: try again at the next beat; the lease outlasts a restart.
            logger.warning("job %s: pulse missed a beat: %s", self.job.pk, type(fault).__name__)
            connection.close()
