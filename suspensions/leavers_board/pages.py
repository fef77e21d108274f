"""What the pages of the board draw: the county's figures, one pair, its sheet. Reads rows, decides nothing."""

from collections import Counter

from django.urls import reverse

from approvals.presenting import desk_line, verdict_of
from approvals.rules import judge
from law import clock
from law.school_time import school_year_name
from schools.models import School

from ..models import Pairing
from .board import Row, Where, last_day, tally


def due_words(year: int, blank: int) -> tuple[str, str]:
    """(words, tone) of the closing at the end of September."""
    due, today = last_day(year), clock.today()
    if not blank:
        return f"{due:%Y年%-m月%-d日}截止，已没有空白", "done"
    left = (due - today).days
    if left < 0:
        return f"{due:%Y年%-m月%-d日}已截止，超期{-left}天，还有{blank}名空白", "refused"
    return f"{due:%Y年%-m月%-d日}截止，还剩{left}天，还有{blank}名空白", "soon"


def pairs_of(year: int, leavers: list[Row]) -> list[dict]:
    """One line per pair of these leavers: where they are, blanks, the sheet; two statements."""
    counted = tally(leavers)
    names = School.objects.in_bulk({pk for pair in counted for pk in pair if pk})
    sheets = {(s.primary_id, s.junior_id): s for s in Pairing.objects.filter(year=year, ended=False)}
    rows = [pair_row(names, pair, counts, sheets.get(pair)) for pair, counts in counted.items()]
    return sorted(
        rows, key=lambda row: (-row["blank"], row["primary"].code, row["junior"].code if row["junior"] else "")
    )


def pair_row(names: dict, pair: tuple, counts: Counter, sheet: Pairing | None) -> dict:
    primary, junior = pair
    others = counts.total() - counts[Where.JUNIOR] - counts[Where.OUTSIDE] - counts[Where.BLANK]
    return {
        "primary": names[primary],
        "junior": names.get(junior),
        "url": reverse("board:pair", args=[primary, junior or 0]),
        "all": counts.total(),
        "here": counts[Where.JUNIOR],
        "outside": counts[Where.OUTSIDE],
        "others": others,
        "blank": counts[Where.BLANK],
        "counts": counts,
        "sheet": sheet,
        "signed": bool(sheet) and sheet.state in sheet.SUCCESS,
    }


def figures_of(rows: list[dict]) -> list[dict]:
    """The county in a line."""
    total = sum((row["counts"] for row in rows), Counter())
    signed = sum(row["signed"] for row in rows)
    return [
        {"label": "毕业生", "value": f"{total.total()}名"},
        {"label": "县内初中", "value": f"{total[Where.JUNIOR]}名"},
        {"label": "其他去向", "value": f"{total.total() - total[Where.JUNIOR] - total[Where.BLANK]}名"},
        {"label": "空白", "value": f"{total[Where.BLANK]}名", "tone": "refused" if total[Where.BLANK] else "done"},
        {"label": "两校已签字", "value": f"{signed}/{len(rows)}对"},
    ]


def chart_of(rows: list[dict]) -> dict:
    """How many are where, over all pairs in sight."""
    total = sum((row["counts"] for row in rows), Counter())
    present = [each for each in Where if total[each]]
    series = [{"label": "毕业生", "values": [total[each] for each in present]}]
    return {"kind": "bar", "unit": "人", "labels": [each.label for each in present], "series": series}


def page_of_pairing(case: Pairing, user) -> dict:
    """Context of `suspensions/pairing.html`."""
    rows = list(case.submitted())
    return {
        "desks": desk_line(case, [("小学", str(case.primary)), ("初中", str(case.junior))], None),
        "desks_note": "两校各由经办、审核两人签字，没有空白才能签",
        "lines": lines_of(case, rows),
        "rows": rows,
        "pair_url": reverse("board:pair", args=[case.primary_id, case.junior_id]),
        "prints": [{"form": code, "label": label} for code, label in case.PRINTS],
        **(verdict_of(judge(case.RULES, case.facts)) if case.is_open else {}),
    }


def lines_of(case: Pairing, rows) -> list[dict]:
    counted = Counter(row.where for row in rows)
    said = "，".join(f"{Where(where).label}{count}名" for where, count in counted.most_common())
    return [
        {"label": "小学", "value": case.primary.name},
        {"label": "初中", "value": case.junior.name},
        {"label": "学年", "value": school_year_name(case.year)},
        {"label": "截止日期", "value": f"{last_day(case.year):%Y年%-m月%-d日}"},
        {"label": "毕业生", "value": f"{len(rows)}名" if rows else "小学提交后列入"},
        {"label": "去向", "value": said},
    ]
