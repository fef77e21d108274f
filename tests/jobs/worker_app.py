"""The Celery application of the worker that the tests start and kill: the real one, plus the kinds of the tests."""

import os

from django.conf import settings

from jianping_xueji.celery import app

settings.JOBS_LEASE_SECONDS = int(os.environ["JOBS_LEASE_SECONDS"])


@app.on_after_finalize.connect
def offer_test_kinds(**_signal) -> None:
    from tests.jobs import handlers  # noqa: F401 — registers them, once Django is up


__all__ = ["app"]
