"""Keyset pages: cost does not grow with the page number, and a new child does not shift what was already seen.

A cursor is the slug of the last (or first) child shown, or the number of a case, so that no address carries a name.
"""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

PAGE = 50


@dataclass
class Page:
    """Rows of one page and the cursors to its neighbours ("" when there is none); `whole` when no others fit."""

    rows: list = field(default_factory=list)
    previous: str = ""
    next: str = ""
    whole: bool = False


def beyond(keys: tuple[str, ...], values: tuple, *, forward: bool) -> Q:
    """Rows after (or before) `values` in the ascending order of `keys`."""
    word = "gt" if forward else "lt"
    found = Q()
    for place, key in enumerate(keys):
        equal = {earlier: values[n] for n, earlier in enumerate(keys[:place])}
        found |= Q(**equal, **{f"{key}__{word}": values[place]})
    return found


def page_of(
    rows: QuerySet,
    keys: tuple[str, ...],
    *,
    after: str = "",
    before: str = "",
    descending=False,
    size: int = PAGE,
    named: str = "slug",
) -> Page:
    """One page of rows ordered by `keys`; an unknown cursor is the first page. A cursor is the column `named`."""
    cursor = rows.filter(**{named: after or before}).values_list(*keys).first() if after or before else None
    backwards = bool(before and cursor)
    ascending = backwards == descending
    ordered = rows.order_by(*(keys if ascending else [f"-{key}" for key in keys]))
    if cursor:
        ordered = ordered.filter(beyond(keys, cursor, forward=ascending))
    found = list(ordered[: size + 1])
    more, found = len(found) > size, found[:size]
    first, last = (getattr(found[0], named), getattr(found[-1], named)) if found else ("", "")
    if backwards:
        return Page(found[::-1], last if more else "", first)
    return Page(found, first if cursor else "", last if more else "", not (cursor or more))
