"""Which kinds of job exist and who handles them. Knows no models, so every app may import it early."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .run import Run


class UnknownKind(LookupError):
    """No handler carries this kind."""


class JobFailed(Exception):
    """The job cannot succeed however often it is tried. The message is Chinese and meant for the user."""


class Cancelled(Exception):
    """The user gave the job up; raised out of ``Run.progress`` and ``Run.commit``."""


class LeaseLost(Exception):
    """Another worker has taken the job over; whatever this one did is rolled back."""


Handle = Callable[["Run"], "dict | None"]


@dataclass(frozen=True)
class Handler:
    """One kind of job: its Chinese label and the function that does it."""

    kind: str
    label: str
    handle: Handle


_handlers: dict[str, Handler] = {}


def job(kind: str, *, label: str) -> Callable[[Handle], Handle]:
    """Register the decorated function as the handler of ``kind``; a kind has one handler only."""

    def register(handle: Handle) -> Handle:
        known = _handlers.get(kind)
        if known and known.handle.__module__ != handle.__module__:
            raise ValueError(f"{kind} is handled in {known.handle.__module__} already")
        _handlers[kind] = Handler(kind, label, handle)
        return handle

    return register


def handler_of(kind: str) -> Handler:
    """The handler of ``kind``; UnknownKind if no app offers it."""
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def label_of(kind: str) -> str:
    """The Chinese label; an old row whose kind is gone shows the kind itself."""
    return _handlers[kind].label if kind in _handlers else kind
