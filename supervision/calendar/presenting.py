"""What the pages of the calendar show: the year at a glance, the list of its limits, the numbers behind them."""

from datetime import date

from accounts.policies import powers_of
from law import clock
from law.models import CalendarDay, Parameter
from law.parameters import DEFINITIONS
from law.school_time import first_day, last_day, school_year_name, school_year_of

from .school_year import BUREAU, SCHOOL, Entry, Grid, Mark, SchoolYear

YEARS_BACK, YEARS_AHEAD = 6, 3
AT_SCHOOL = ("make_change", "check_change", "sign_change", "teach_class")
AT_BUREAU = ("bureau_make", "bureau_check", "bureau_sign")


def chosen_year(said: str) -> int:
    """The school year of the address, else the present one; an impossible value is not an error."""
    present = school_year_of(clock.today())
    within = said.isascii() and said.isdecimal() and len(said) == 4
    year = int(said) if within else present
    return year if present - YEARS_BACK <= year <= present + YEARS_AHEAD else present


def year_page(user, year: int) -> dict:
    """The context of 学年日历; ten queries whatever the year."""
    today = clock.today()
    school_year = SchoolYear.of(year)
    entries = school_year.entries()
    grid = Grid(school_year, entries, names_of(year), today)
    present, owed = school_year_of(today), owed_by(user)
    return {
        "year": year,
        "year_name": school_year_name(year),
        "years": [(each, school_year_name(each)) for each in range(present - 1, present + 2)],
        "months": grid.months(),
        "states": states_of(school_year),
        "rows": [row_of(entry, school_year, today, owed) for entry in entries],
        "looks": bool(powers_of(user).schools("view_school")),
        "numbers": numbers_on(max(first_day(year), min(today, last_day(year)))),
        "terms_missing": len(school_year.terms) < 2,
    }


def names_of(year: int) -> dict[date, str]:
    """The names of the holidays of a school year, and of the days worked for them."""
    days = CalendarDay.objects.filter(date__range=(first_day(year), last_day(year)), confirmed=True).exclude(name="")
    return dict(days.values_list("date", "name"))


def states_of(school_year: SchoolYear) -> list[dict]:
    """For both calendar years: announced (all of its days are) or 暂估."""
    days = school_year.calendar.days
    return [
        {"year": year, "confirmed": date(year, month, 1) in days}
        for year, month in ((school_year.year, 12), (school_year.year + 1, 1))
    ]


def owed_by(user) -> set[str]:
    """Which sides' limits are the user's own."""
    powers = powers_of(user)
    sides = {SCHOOL: AT_SCHOOL, BUREAU: AT_BUREAU}
    return {side for side, rights in sides.items() if any(powers.schools(right) for right in rights)}


def row_of(entry: Entry, school_year: SchoolYear, today: date, owed: set[str]) -> dict:
    """An entry as a row of the list: when, what, whose, and how it stands today."""
    state, tone = state_of(entry, today)
    left = school_year.calendar.count(today, entry.ends) if tone == "now" and entry.mark == Mark.LIMIT else None
    return {
        "entry": entry,
        "one_day": entry.starts == entry.ends,
        "mine": any(side in entry.owes for side in owed),
        "state": state,
        "tone": tone,
        "left": left,
    }


def state_of(entry: Entry, today: date) -> tuple[str, str]:
    if entry.ends < today:
        return "已过", "idle"
    return ("进行中", "now") if entry.starts <= today else ("未到", "wait")


def numbers_on(day: date) -> list[dict]:
    """Every number of the law as it stands on a day, with its source: the county's own document or the default."""
    rows = Parameter.objects.filter(starts__lte=day).order_by("starts")
    own = {row.code: row for row in rows if not row.ends or row.ends > day}
    return [number_row(code, own.get(code)) for code in DEFINITIONS]


def number_row(code: str, row: Parameter | None) -> dict:
    """One number; a row that no rule can read is none (as `parameters.on` has it)."""
    definition = DEFINITIONS[code]
    row = row if row and definition.shape.fits(row.value) else None
    return {
        "label": definition.label,
        "value": said(row.value if row else definition.default),
        "article": definition.article,
        "source": f"{row.level}：{row.document}"
        if row
        else f"{definition.article.document.level}：{definition.article.document.number}",
        "since": row.starts if row else None,
    }


def said(value) -> str:
    """A parameter's value as people write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, str) and value[2:3] == "-":
        return f"{int(value[:2])}月{int(value[3:])}日"
    return str(value)
