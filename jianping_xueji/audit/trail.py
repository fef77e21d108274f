"""What one request has shown so far, gathered while it is answered."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac


@dataclass
class Sighting:
    """The children a request has loaded, what it was about when the address does not say, and why."""

    request: UUID = field(default_factory=uuid4)
    children: set[int] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    kind: str = ""
    actor: int | None = None
    account: str = ""
    reason: str = ""


_current: ContextVar[Sighting | None] = ContextVar("sighting", default=None)


@contextmanager
def following() -> Iterator[Sighting]:
    """Gather sightings until the block ends."""
    sighting = Sighting()
    token = _current.set(sighting)
    try:
        yield sighting
    finally:
        _current.reset(token)


def saw(*children: int) -> None:
    """These children's data were brought to whoever asked. Nothing happens outside of a request."""
    if (sighting := _current.get()) is not None:
        sighting.children.update(children)


def searched(*words: str) -> None:
    """Somebody searched for these words: kept as keyed fingerprints, because the words are names and numbers."""
    if sighting := _current.get():
        sighting.kind = sighting.kind or "search"
        sighting.words.extend(fingerprint(word) for word in words if word)


def became(kind: str, *, person=None, reason: str = "") -> None:
    """What this request was, where neither address nor answer tells: an entry, a failed entry, an opened number.

    `person` is whose account it was about when nobody is signed in at the end of it: who left, who failed to enter.
    """
    if sighting := _current.get():
        sighting.kind, sighting.reason = kind, reason or sighting.reason
        if person:
            sighting.actor, sighting.account = person.pk, person.get_username()


def fingerprint(words: str) -> str:
    """The same for the same words, and of no use to whoever lacks the key."""
    folded = re.sub(r"\s+", "", words).casefold()
    return salted_hmac("audit.words", folded, secret=settings.VAULT_INDEX_KEY, algorithm="sha256").hexdigest()[:24]


@contextmanager
def on_behalf(user: int | None, what: str) -> Iterator[None]:
    """Tell the database for whom this connection works, outside of a request: a job, a command."""
    _say_context({"user": user, "url": what})
    try:
        yield
    finally:
        # A connection that broke has forgotten by itself.
        if connection.is_usable():
            _say_context(None)


def _say_context(context: dict | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.context', %s, false)", [json.dumps(context) if context else ""])
