"""Every page that signs or decides asks for the password again; which pages do is read off the code that they call."""

import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.identity.gate import CONFIRMED
from approvals.services import perform
from approvals.signing import signed
from students.models import PromotionRun
from tests.house.guards import APPS
from tests.house.test_access_table import WHOLE, rows

# Rows that are somebody's decision, by the end of their name, and the run that turns a county's year.
DECISIONS = ("Decision", "Ruling", "Take", "ScoreSheet")
# Pages that sign nothing and hand out data.
HANDING_OUT = {
    "students:ceims_export", "students:ceims_graduates", "students:ceims_problems", "students:selection_export",
}  # fmt: skip


def views(resolver=None, space="") -> Iterator[tuple[str, FunctionType]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace not in WHOLE:
            yield from views(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}", pattern.callback


def words_in(code: CodeType) -> set[str]:
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*(words_in(each) for each in inner))


def called_by(function) -> Iterator:
    """Functions and tables that a function names, itself or through a module or a table of functions."""
    function = inspect.unwrap(function)
    if not isinstance(function, FunctionType):
        return
    words = words_in(function.__code__)
    for word in words & function.__globals__.keys():
        yield from _meant(function.__globals__[word], words)


def _meant(value, words) -> Iterator:
    if isinstance(value, FunctionType) or isinstance(value, type) and issubclass(value, Model):
        yield value
    elif isinstance(value, ModuleType) and value.__name__.split(".")[0] in APPS:
        yield from (each for name, each in vars(value).items() if name in words and isinstance(each, FunctionType))
    elif isinstance(value, dict):
        yield from (each for each in value.values() if isinstance(each, FunctionType))


def reached_from(view) -> set:
    seen, waiting = set(), [view]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting += [] if isinstance(each, type) else called_by(each)
    return seen


def signs(view) -> bool:
    reached = reached_from(view)
    decided = {each for each in reached if isinstance(each, type)}
    return bool(reached & {perform, signed}) or any(
        each is PromotionRun or each.__name__.endswith(DECISIONS) for each in decided
    )


def test_every_page_that_signs_asks_for_the_password_again():
    posted = {name for name, method, _ in rows() if method == "POST"}
    signing = {name for name, view in views() if name in posted and signs(view)}
    assert {"approvals:act", "approvals:filing", "exports:decide", "supervision:holiday_decide"} <= signing
    assert signing | HANDING_OUT == CONFIRMED
