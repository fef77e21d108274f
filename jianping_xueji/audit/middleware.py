"""One event for every answer that shows a child, hands out a file, answers a search, or refuses somebody we know.

Written after the page is made and before it is sent: if it cannot be written, the page is not sent.
"""

import re
from uuid import uuid4

from django.db import connection
from django.http import HttpRequest, HttpResponse
from pghistory.middleware import HistoryMiddleware
from psycopg.types.json import Jsonb

from .address import address_of
from .models import Event
from .trail import Sighting, fingerprint, following

INSERT = """INSERT INTO audit_event
    (kind, actor, account, address, request, view, about, words, result, reason, children, number)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
REFUSALS = (403, 404)
PRIVATE = {"q", "name", "number", "reason", "opinion"}
PLAIN = re.compile(r"[a-z0-9_,-]{0,12}")
Kind = Event.Kind


class Witness:
    """Middleware, just inside the one that knows the user."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with following() as sighting:
            request.audit_id = sighting.request
            response = self.get_response(request)
        if kind := kind_of(request, response, sighting):
            write(kind, request, response, sighting)
        return response


class Context(HistoryMiddleware):
    """What the history and the triggers learn about whoever changes something."""

    def get_context(self, request):
        known = {"address": address_of(request), "request": str(getattr(request, "audit_id", uuid4()))}
        return super().get_context(request) | known


def kind_of(request: HttpRequest, response: HttpResponse, sighting: Sighting) -> str:
    """What kind of event this answer is; "" for one that shows nothing of anybody."""
    if response.status_code >= 500:
        return ""
    if sighting.kind:
        return sighting.kind
    if response.status_code in REFUSALS:
        return Kind.REFUSED if _known(request) else ""
    if response.get("Content-Disposition", "").startswith("attachment") or _is_file(response):
        return Kind.PRINT if response.get("Content-Type") == "application/pdf" else Kind.EXPORT
    if not sighting.children or 300 <= response.status_code < 400:
        return ""
    return Kind.READ if request.method in ("GET", "HEAD") else Kind.ACT


def _known(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.user.is_authenticated


def _is_file(response: HttpResponse) -> bool:
    kind = response.get("Content-Type", "")
    return response.status_code == 200 and not kind.startswith(("text/", "application/json"))


def write(kind: str, request: HttpRequest, response: HttpResponse, sighting: Sighting) -> None:
    """Insert the event; whatever goes wrong is raised."""
    match, user = request.resolver_match, request.user
    children = sorted(sighting.children)
    asked = {**(match.kwargs if match else {}), **{f"?{key}": value for key, value in _asked(request)}}
    row = [
        kind,
        sighting.actor or user.pk,
        sighting.account or user.get_username(),
        address_of(request),
        sighting.request,
        (match.view_name if match else "")[:80],
        Jsonb({key: str(value)[:80] for key, value in asked.items()}),
        sighting.words + [fingerprint(value) for value in request.GET.getlist("q") if value],
        response.status_code,
        sighting.reason[:300],
        children or None,
        len(children),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)


def _asked(request: HttpRequest):
    """The conditions of a list; whatever may be a name or a number of somebody is left to its fingerprint."""
    for key in request.GET:
        value = request.GET.get(key, "")
        if value and key not in PRIVATE:
            yield key[:20], value if PLAIN.fullmatch(value) else f"#{fingerprint(value)}"
