"""Every number of the law that the county may change, with its default, article and source.

The default is what the regulation or its reading says today (see docs/interpretations.md); a row of `Parameter`
overrides it for a span of days. `on(day)` loads all values of a day in one query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from . import articles
from .articles import Article
from .models import Parameter


@dataclass(frozen=True)
class Definition:
    """What a parameter means; `default` is a JSON value, days and counts are integers, days of a year "MM-DD"."""

    label: str
    default: Any
    article: Article


DEFINITIONS: dict[str, Definition] = {
    "approval.stage_workdays": Definition("每一环节办理期限（工作日）", 10, articles.TEN_WORKDAYS),
    "transfer.window_months": Definition("县内、市内跨县转学受理月份", [3, 9], articles.TRANSFER_WINDOW),
    "transfer.grade9_last_day": Definition("九年级县域内转学最后受理日", "09-30", articles.TRANSFER_LIMITS),
    "transfer.stop_first_day": Definition("全国暑期停办首日", "07-15", articles.NATIONAL_STOP),
    "transfer.stop_last_day": Definition("全国暑期停办末日", "08-14", articles.NATIONAL_STOP),
    "transfer.report_days": Definition("办结后报到期限（自然日）", 10, articles.NO_SEAT_NO_TRANSFER),
    "transfer.same_bureau_signatures": Definition("县内转学转出主管环节签字数", 1, articles.TRANSFER_STAGES),
    "transfer.county_direct_paper": Definition("县直学校须复核纸质原件", True, articles.TRANSFER_MATERIALS),
    "class.warn_primary": Definition("小学标准班额（超过提示）", 45, articles.NO_FALSE_RECORD),
    "class.warn_junior": Definition("初中标准班额（超过提示）", 50, articles.NO_FALSE_RECORD),
    "class.cap": Definition("最大班额（达到即止）", 55, articles.NO_FALSE_RECORD),
    "registration.stage_workdays": Definition("学籍注册核办期限（工作日）", 10, articles.REGISTER_IN_A_MONTH),
    "scan.max_bytes": Definition("单个扫描件上限（字节）", 2 * 1024 * 1024, articles.TRANSFER_MATERIALS),
}


class Parameters(Mapping):
    """The values in force on one day."""

    def __init__(self, day: date, overrides: dict[str, Any] | None = None):
        self.day = day
        self._overrides = overrides or {}

    def __getitem__(self, code: str) -> Any:
        definition = DEFINITIONS[code]
        return self._overrides.get(code, definition.default)

    def __iter__(self):
        return iter(DEFINITIONS)

    def __len__(self):
        return len(DEFINITIONS)

    def yearly(self, code: str, year: int) -> date:
        """A "MM-DD" parameter as the date of a calendar year."""
        month, day = map(int, self[code].split("-"))
        return date(year, month, day)


def on(day: date) -> Parameters:
    """All parameters as they stand on `day` (one query)."""
    rows = Parameter.objects.filter(Q(ends=None) | Q(ends__gt=day), starts__lte=day)
    return Parameters(day, dict(rows.values_list("code", "value")))
