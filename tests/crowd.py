"""Many people at once: run the same act in many threads, each with its own connection, all released together."""

import threading
from collections import Counter
from collections.abc import Callable

from django.db import connection


def crowd(acts: list[Callable]) -> Counter:
    """Run every act in its own thread at the same moment; counts 'done' and the names of what was raised."""
    gate = threading.Barrier(len(acts))
    said: Counter = Counter()
    lock = threading.Lock()

    def one(act):
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            act()
            outcome = "done"
        except Exception as error:  # noqa: BLE001 — the outcome is what is counted
            outcome = type(error).__name__
        finally:
            connection.close()
        with lock:
            said[outcome] += 1

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return said
