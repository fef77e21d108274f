"""A reminder in words: what, how much, until when, what to do, where."""

from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from law.deadline import declared

from ..models import Reminder
from .writing import Level


def said(reminder: Reminder) -> list[dict]:
    """The lines of a reminder for page and mail; a deadline that is declared no more is left out."""
    return [_line(line, declared()[line["rule"]]) for line in reminder.lines if line["rule"] in declared()]


def _line(line: dict, rule) -> dict:
    level, due = Level(line["level"]), date.fromisoformat(line["due"])
    asked = {"whose": "mine"} if level == Level.OWNER else {"state": "overdue"}
    return {
        "level": level.label,
        "owner": level == Level.OWNER,
        "title": rule.title,
        "article": rule.article,
        "late": line["late"],
        "words": words(line, level, due),
        "remedy": rule.remedy if level == Level.OWNER else f"请督促承办人：{rule.remedy}",
        "url": f"{reverse('supervision:deadlines')}?{urlencode(asked | {'rule': line['rule']})}",
    }


def words(line: dict, level: Level, due: date) -> str:
    """有3件（2所学校），最早9月14日到期，其中超期1件。"""
    where = f"（{line['schools']}所学校）" if line["schools"] > 1 else ""
    late = f"，其中超期{line['late']}件" if line["late"] else ""
    return f"有{line['number']}件{where}，最早{due.month}月{due.day}日到期{late}。"
