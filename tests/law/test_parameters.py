"""Numbers of the law by day: a change counts from its day, a past day keeps its value, a broken row stops nobody."""

import logging
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from law import parameters
from law.models import Parameter
from law.parameters import DEFINITIONS

pytestmark = pytest.mark.django_db

CODE = "approval.stage_workdays"
BEFORE, FROM = date(2026, 12, 31), date(2027, 1, 1)


def row(code=CODE, value=15, starts=FROM, **more):
    return Parameter.objects.create(
        code=code, value=value, starts=starts, level="县", document="建教发〔2026〕9号", **more
    )


def test_a_new_value_counts_from_its_day_and_past_days_keep_theirs():
    row(starts=date(2026, 1, 1), value=12, ends=FROM)
    row(value=15)
    assert [parameters.on(day)[CODE] for day in (date(2025, 12, 31), BEFORE, FROM)] == [10, 12, 15]


def test_numbers_at_hand_are_those_of_the_database():
    row(starts=date(2026, 1, 1), value=12, ends=FROM)
    row(value=15)
    Parameter.objects.create(code="archive.months", value=2, starts=BEFORE)
    days = (date(2025, 12, 31), date(2026, 1, 1), BEFORE, FROM, date(2029, 1, 1))
    asked = [dict(parameters.on(day)) for day in days]
    spans = {code: parameters.spans(code) for code in DEFINITIONS}
    with parameters.read_once():
        assert [dict(parameters.on(day)) for day in days] == asked
        assert {code: parameters.spans(code) for code in DEFINITIONS} == spans


def test_a_case_keeps_the_deadline_of_the_day_it_arrived(transfer, staff, no2):
    from approvals.services import perform

    case = perform(transfer, "submit", by=staff(Role.REGISTRAR, no2))
    due = case.due_on
    row(starts=date(2026, 9, 16), value=1)
    case.refresh_from_db()
    assert case.due_on == due


@pytest.mark.parametrize("starts", [FROM, date(2027, 5, 1), date(2026, 6, 1)])
def test_two_values_for_one_day_are_refused_by_the_database(starts):
    row()
    with pytest.raises(IntegrityError, match="parameter_one_value_a_day"), transaction.atomic():
        row(starts=starts, value=20)


def test_every_default_has_its_own_shape():
    assert [code for code, each in DEFINITIONS.items() if not each.shape.fits(each.default)] == []


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (CODE, 0),
        (CODE, 61),
        (CODE, True),
        (CODE, "10"),
        (CODE, [10]),
        ("transfer.window_months", []),
        ("transfer.window_months", [3, 13]),
        ("transfer.window_months", [3, 3]),
        ("transfer.window_months", "39"),
        ("transfer.stop_first_day", "02-30"),
        ("transfer.stop_first_day", "02-29"),
        ("transfer.stop_first_day", "7-15"),
        ("transfer.stop_first_day", "²²-15"),
        ("transfer.stop_first_day", 715),
        ("transfer.same_bureau_signatures", 3),
        ("transfer.county_direct_paper", 1),
        ("class.cap", 101),
        ("class.cap", {"n": 50}),
    ],
)
def test_a_broken_row_is_ignored_with_a_warning(code, value, caplog):
    row(code=code, value=value)
    with caplog.at_level(logging.WARNING, logger="law.parameters"):
        assert parameters.on(FROM)[code] == DEFINITIONS[code].default
    assert code in caplog.text
    assert not DEFINITIONS[code].shape.fits(value)


def test_a_broken_row_does_not_stop_the_check_page(client, staff, no1, no2):
    for code in ("transfer.grade9_last_day", "transfer.stop_first_day", "transfer.window_months", CODE):
        row(code=code, value="乱填", starts=date(2026, 9, 1))
    client.force_login(staff(Role.REGISTRAR, no2))
    asked = {"from_school": no1.pk, "to_school": no2.pk, "grade": 3, "ground": "T4", "on": "2026-09-15"}
    page = client.get(reverse("transfers:check"), asked)
    assert page.status_code == 200 and "word" in page.context
