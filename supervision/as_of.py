"""按某日查看: an officer looks at lists and boards as they would stand on another day, and changes nothing.

The day lives in the session. Who may see what is judged on the real day; the record stands as it is today, only the
law's day differs. Writing is refused by word (every method that writes) and by the database (a read-only transaction).
"""

from datetime import date, timedelta

from django.db import InternalError, connection, transaction
from django.shortcuts import render

from accounts.policies import Powers
from law import clock

KEY = "as_of"
FARTHEST = timedelta(days=3 * 366)
READS = ("GET", "HEAD", "OPTIONS")
# Leaving the view and leaving the house.
ALWAYS_OPEN = {"supervision:as_of", "accounts:logout", "accounts:login"}
# Asked by POST because its words are too private for an address; it looks, and writes nothing.
LOOKS = {"students:search"}
READ_ONLY = "25006"


def day_in(session) -> date | None:
    """The day chosen for looking; None when there is none or it is no day at all."""
    try:
        return date.fromisoformat(session.get(KEY, ""))
    except ValueError:
        return None


class AsOf:
    """Middleware, inside the one that knows the user."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.legal_day = clock.today()
        request.as_of = day_in(request.session) if request.user.is_authenticated else None
        if request.as_of is None:
            return self.get_response(request)
        # A past day must not give back rights that have ended, nor a coming one lend those not yet begun.
        powers = Powers.of(request.user)
        request.user._powers = (request.as_of, powers)
        with clock.at(request.as_of):
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Answer in a transaction that can only read; refuse whatever would write."""
        name = request.resolver_match.view_name
        if request.as_of is None or name in ALWAYS_OPEN:
            return None
        if request.method not in READS and name not in LOOKS:
            return refused(request)
        try:
            return read_only(view, request, *args, **kwargs)
        except InternalError as fault:
            if getattr(fault.__cause__, "sqlstate", "") != READ_ONLY:
                raise
            return refused(request)


def refused(request):
    """403 and the way back to today."""
    return render(request, "supervision/read_only.html", status=403)


@transaction.atomic
def read_only(view, *args, **kwargs):
    """The view's answer, with every write of it refused by the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    return view(*args, **kwargs)
