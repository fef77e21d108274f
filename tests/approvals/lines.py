"""How a line of a county's life is written: the day, what is done, and to what."""

from collections.abc import Callable
from datetime import date
from typing import Any


def on(day: str, does: str | Callable, *given, **more) -> tuple[date, Callable[[Any], None]]:
    """What happens to a county on a day: a function that is given the county first, or a method of its own by name."""

    def happens(county) -> None:
        method = does if callable(does) else getattr(type(county), does)
        method(county, *given, **more)

    return date.fromisoformat(day), happens
