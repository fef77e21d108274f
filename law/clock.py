"""The legal date: the only place that knows what day it is for the law.

Machine time (leases, sessions, audit stamps) is another clock, `django.utils.timezone`. The legal date is Shanghai's,
may be fixed by the LEGAL_DATE setting (the demo starts on 15 September) and moved by `at()` in tests and what-if views.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.conf import settings
from django.utils import timezone

_override: ContextVar[date | None] = ContextVar("legal_date", default=None)


def today() -> date:
    """The legal date of this moment (Asia/Shanghai)."""
    return _override.get() or settings.LEGAL_DATE or timezone.localdate()


def is_set() -> bool:
    """True when the legal date is not simply the machine's: pages then show a banner."""
    return bool(_override.get() or settings.LEGAL_DATE)


@contextmanager
def at(day: date):
    """Let the law think it is `day` inside the block."""
    token = _override.set(day)
    try:
        yield day
    finally:
        _override.reset(token)
