"""`bin/manage deadlines`: what the law wants done by when, as of any day, for people and for programs; reads only."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from approvals.models import Countdown
from approvals.services import perform
from law import clock
from law.deadline import declared
from law.models import CalendarDay

pytestmark = pytest.mark.django_db
RULE = "transfer.prereview_school"


@pytest.fixture
def submitted(transfer, no2, staff):
    """Friday 18 September 2026: the receiving school has ten working days, to Friday 9 October."""
    with clock.at(date(2026, 9, 18)):
        return perform(transfer, "submit", by=staff(Role.REGISTRAR, no2))


def asked(**given) -> str:
    out = StringIO()
    words = [f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}") for name, value in given.items()]
    call_command("deadlines", *words, stdout=out)
    return out.getvalue()


def answer(day: str, **given) -> list[dict]:
    return json.loads(asked(as_of=day, json=True, **given))


def test_one_line_says_rule_article_school_subject_due_state_and_days_left(submitted, no2):
    (line,) = answer("2026-09-24", rule=RULE)
    assert line == {
        "rule": RULE,
        "article": str(declared()[RULE].article),
        "title": "转学：转入学校预审",
        "school": no2.code,
        "subject": submitted.number,
        "starts": "2026-09-18",
        "due": "2026-10-09",
        "provisional": False,
        "state": "open",
        "days_left": 5,  # 28, 29, 30 September, 8, 9 October
        "unit": "工作日",
    }


@pytest.mark.parametrize(
    ("day", "left", "state"),
    [
        # Three days before the last one its owner is reminded; 1 to 7 October are a holiday.
        ("2026-10-05", 2, "open"),
        ("2026-10-06", 2, "soon"),
        ("2026-10-08", 1, "soon"),
        ("2026-10-09", 0, "soon"),
        ("2026-10-10", -1, "overdue"),
    ],
)
def test_the_state_follows_the_day_asked_for(submitted, day, left, state):
    (line,) = answer(day, rule=RULE)
    assert (line["days_left"], line["state"]) == (left, state)


def test_school_narrows_and_nothing_is_written(submitted, no1, no2):
    of_one, of_two = (answer("2026-09-24", school=school.code) for school in (no1, no2))
    assert {line["school"] for line in of_two} == {no2.code} and RULE in {line["rule"] for line in of_two}
    assert {line["school"] for line in of_one} <= {no1.code} and RULE not in {line["rule"] for line in of_one}
    everywhere = answer("2026-09-24")
    assert all(line in everywhere for line in of_two) and len(everywhere) > len(of_two)
    assert not Countdown.objects.exists()


def test_no_child_is_named(submitted):
    assert submitted.child.name not in asked(as_of="2026-12-30", json=True) + asked(as_of="2026-12-30")


def test_for_people_it_is_a_line_each_and_guessed_days_say_so(submitted):
    lines = asked(as_of="2026-09-24", rule=RULE).splitlines()
    assert [line.split("\t")[:4] for line in lines] == [["2026-10-09", "open", "5", "转学：转入学校预审"]]
    CalendarDay.objects.all().delete()
    assert asked(as_of="2026-09-24", rule=RULE).split("\t")[0] == "2026-10-02（暂估）"
    assert [line["provisional"] for line in answer("2026-09-24", rule=RULE)] == [True]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"as_of": "2026-13-01"}, "应写成年-月-日"),
        ({"school": "0000000000"}, "没有标识码为“0000000000”的学校"),
        ({"rule": "no.such"}, "没有“no.such”这条期限"),
        ({"as_of": "2026-10-01", "check": True}, "只按法定今日"),
    ],
)
def test_a_wrong_word_is_named(db, given, words):
    with pytest.raises(CommandError, match=words):
        asked(**given)


def test_check_writes_the_rows_of_the_legal_day(submitted):
    tallies = json.loads(asked(check=True))
    assert set(tallies) == set(declared()) and tallies[RULE]["open"] == Countdown.objects.filter(deadline=RULE).count()
