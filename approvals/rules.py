"""A rule is a predicate over facts that people can read: article, what is wrong, what cures it.

The case, the 能否办理 page, the command and the tests ask the same rules over the same kind of facts object; facts
need no rows in the database. Facts offer `.on` (a date) and `.at(day)` (the same facts on another day, or None when
that day can no longer cure anything).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from law.articles import Article

HORIZON = 800


class Level(StrEnum):
    """How the law speaks: 不得 is hard, 原则上 is soft (reason and the leader's signature), a warning never blocks."""

    HARD = "hard"
    SOFT = "soft"
    WARN = "warn"


class Facts(Protocol):
    on: date

    def at(self, day: date) -> "Facts | None": ...


@dataclass(frozen=True)
class Rule:
    """One legal precondition. `message` and `remedy` may name fields of the facts in braces."""

    code: str
    message: str
    article: Article
    level: Level
    holds: Callable[[Any], bool]
    remedy: str
    timely: bool = False
    kept_message: str = ""

    def __call__(self, case) -> bool:
        """django-fsm asks with the case; the case knows its facts."""
        return self.holds(case.facts)


def rule(message: str, article: Article, *, remedy: str, level: Level = Level.HARD, timely: bool = False, kept=""):
    """Make the decorated predicate a Rule; its name becomes the code.

    `timely` says that waiting may cure it; `kept` is what the page says when the rule is kept.
    """

    def made(holds: Callable) -> Rule:
        return Rule(holds.__name__, message, article, level, holds, remedy, timely, kept or str(article))

    return made


@dataclass(frozen=True)
class Finding:
    """A rule held against facts: kept or broken, and from when it would be kept."""

    rule: Rule
    kept: bool
    facts: Any
    possible_from: date | None = None

    @property
    def message(self) -> str:
        return self.rule.message.format(f=self.facts)

    @property
    def remedy(self) -> str:
        return self.rule.remedy.format(f=self.facts)

    @property
    def article(self) -> str:
        return str(self.rule.article)

    @property
    def level(self) -> Level:
        return self.rule.level

    @property
    def sentence(self) -> str:
        """What is wrong · article · what to do · from when, in one sentence (一次性告知)."""
        when = f"最早可办日期：{self.possible_from:%Y年%-m月%-d日}。" if self.possible_from else ""
        return f"{self.message}（{self.article}）。{self.remedy}。{when}"


@dataclass(frozen=True)
class Verdict:
    """All findings of one judgement, kept and broken together."""

    findings: tuple[Finding, ...]

    @cached_property
    def broken(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if not f.kept)

    def of(self, level: Level) -> tuple[Finding, ...]:
        return tuple(f for f in self.broken if f.level == level)

    @property
    def word(self) -> str:
        """yes · override (only the leader can clear it) · no."""
        if self.of(Level.HARD):
            return "no"
        return "override" if self.of(Level.SOFT) else "yes"


def first_possible_day(rules: Iterable[Rule], facts: Facts) -> date | None:
    """The first later day on which every rule that time can cure is kept; None when no day cures them."""
    timely = [r for r in rules if r.timely]
    for ahead in range(1, HORIZON):
        if date.max - facts.on < timedelta(days=ahead):
            return None
        later = facts.at(facts.on + timedelta(days=ahead))
        if later is None:
            return None
        if all(r.holds(later) for r in timely):
            return later.on
    return None


def judge(rules: Iterable[Rule], facts: Facts) -> Verdict:
    """Hold every rule against the facts and, where time cures a breach, find the first day on which it does."""
    rules = tuple(rules)
    kept = {r.code: bool(r.holds(facts)) for r in rules}
    cured_by_time = any(r.timely and not kept[r.code] for r in rules)
    day = first_possible_day(rules, facts) if cured_by_time else None
    return Verdict(
        tuple(Finding(r, kept[r.code], facts, day if r.timely and not kept[r.code] else None) for r in rules)
    )
