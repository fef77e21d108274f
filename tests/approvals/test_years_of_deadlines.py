"""Every due day of a county's life against a table written by hand: 0 deviations."""

from datetime import date, timedelta

import pytest

from approvals.countdown.engine import check_all
from law.deadline import declared
from tests.approvals.county_of_years import END_OF_YEAR, FIRST, LAST, LIFE, RULES, County, found, lived, table

# In time each November, as the State Council does.
ANNOUNCED = {date(2026, 11, 20): 2027, date(2027, 11, 19): 2028}


def check(day):
    tallies = check_all(day)
    assert not [code for code, tally in tallies.items() if "failed" in tally], tallies


def assert_as_written(county, wanted: dict) -> None:
    """Every row of the clock is a line of the table and every line a row; on failure only what differs is told."""
    rows = found(county, wanted)
    assert {key: (rows.get(key), wanted.get(key)) for key in rows | wanted if rows.get(key) != wanted.get(key)} == {}, (
        "row of the clock, line of the table"
    )


def told(day) -> bool:
    """The nights after something happened, one in ten besides: nights that are skipped change no row."""
    happened = {when + timedelta(days=1) for when, _ in LIFE}
    return day in happened or day in ANNOUNCED or (day - FIRST).days % 10 == 0 or day == END_OF_YEAR


def test_every_declared_deadline_stands_in_the_table():
    assert set(declared()) == RULES


@pytest.mark.django_db
def test_one_school_year(bureau):
    county = County(bureau)
    lived(county, END_OF_YEAR, told, check, ANNOUNCED)
    assert_as_written(county, table(END_OF_YEAR))


@pytest.mark.nightly
@pytest.mark.django_db
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "guessed"])
def test_every_night_from_july_2026_to_october_2028(bureau, announced):
    county = County(bureau)
    lived(county, LAST, lambda day: True, check, ANNOUNCED if announced else {})
    assert_as_written(county, table(LAST, guessed=not announced))
