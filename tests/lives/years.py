"""Time in a random life: days pass, and on 1 September a school year begins."""

from datetime import date, timedelta

from law import clock, parameters
from law.school_time import school_year_of
from students import enrolments

LAST_DAY = date(2027, 11, 30)
# Some lives begin shortly before a school year ends, so that many of them cross 1 September.
BEGINNINGS = (date(2026, 9, 15), date(2026, 9, 15), date(2027, 8, 20))


class Years:
    """The legal day of a life and what the calendar brings with it."""

    def days_pass(self, days: int) -> None:
        self.be_on(min(self.day + timedelta(days=days), LAST_DAY))

    def be_on(self, day: date) -> None:
        before, self.day = self.day, day
        self.undoing.enter_context(clock.at(day))
        for year in range(school_year_of(before) + 1, school_year_of(day) + 1):
            self.a_year_passes(year)

    def a_year_passes(self, year: int) -> None:
        """What the office does when a school year begins. Here promotion joins: until then only the ledgers open."""
        cap = parameters.on(self.day)["class.cap"]
        for school in self.county.schools:
            enrolments.open_ledger(school, year, cap)
        self.seen["a year passes"] += 1
