"""The days of an intake: who is old enough, when the school year is entered, until when children are registered."""

from calendar import monthrange
from datetime import date

from law import parameters, workdays
from law.models import Term
from law.parameters import Parameters
from law.school_time import first_day

ASKED_FROM = 6  # from June on, whoever comes to register enters in the coming September


def intake_year(day: date) -> int:
    """The school year a newcomer of this day enters."""
    return day.year if day.month >= ASKED_FROM else day.year - 1


def born_by(year: int, params: Parameters) -> date:
    """The last birthday that is old enough for grade one of `year`; no date is shifted by years (29 February)."""
    return params.yearly("intake.cutoff", year - params["intake.age"])


def first_year(birth: date, params: Parameters) -> int:
    """The first school year whose grade one takes a child of this birthday."""
    year = birth.year + params["intake.age"]
    return year if birth <= born_by(year, params) else year + 1


def entry_day(year: int) -> date:
    """入学之日: the published first day of the autumn term, else 1 September."""
    term = Term.objects.filter(year=year, number=1).first()
    return term.starts if term else first_day(year)


def months_after(day: date, months: int) -> date:
    """The day of the same number some months later, or the last of that month (民法典第二百零二条)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def register_by(entered: date) -> workdays.Due:
    """The last day of the month in which newcomers are registered; a rest day carries it to the next working day."""
    last = months_after(entered, parameters.on(entered)["intake.register_months"])
    return workdays.roll_forward(last)
