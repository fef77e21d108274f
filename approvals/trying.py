"""Trying an act from a page: what it gave, or why the law or the desk says no, as the refusal notice draws it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied

from .errors import NotYourHand, Refused, RulesBroken
from .presenting import refusal_rows


def tried(do: Callable, /, *given, ask: object = "", **more) -> tuple[Any, list[dict]]:
    """(result, []) of `do(*given, **more)`, or (None, the refusal as rows); `ask` is whom the family may ask.

    Raises PermissionDenied for who has no right to the act.
    """
    try:
        return do(*given, **more), []
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except RulesBroken as refusal:
        return None, refusal_rows(refusal.verdict, str(ask))
    except Refused as refusal:
        return None, refusal.rows
