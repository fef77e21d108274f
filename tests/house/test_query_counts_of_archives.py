"""Pages of the archive ask as much for two rows as for twenty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from archives import entries
from archives.entries import keep
from archives.kinds import KINDS
from archives.models import Entry
from archives.periods import Period
from tests.archives.conftest import long_here
from tests.archives.specimens import OF, filled
from tests.county import class_of, make_school
from tests.house.questions import FEW, MANY

SPRING = Period(2025, 2)


@pytest.fixture
def kept(child_at, no1, staff):
    """kept(number): children of last year, everything of theirs in the archive."""

    def make(number: int):
        registrar = staff(Role.REGISTRAR, no1)
        children = [long_here(child_at(no1, grade=3, name=f"样例{n}")) for n in range(number)]
        for kind, values in OF.items():
            lines = [(child, filled(kind, values)) for child in children]
            keep(KINDS[kind], SPRING, lines, school=no1, by=registrar)

    return make


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_archives_of_a_class(same_questions, sign_in, kept, bureau, no1, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(reverse("archives:school_class", args=[class_of(no1, 3).pk]), kept)


def test_the_archives_of_a_school(same_questions, sign_in, kept, bureau, no1, no2):
    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions(reverse("archives:school", args=[no1.pk]), kept)


def test_the_archives_of_the_county(same_questions, sign_in, child_at, bureau):
    sign_in(Role.BUREAU_CLERK, bureau)
    made = iter(range(50, 90))

    def schools(number):
        for _ in range(number):
            child_at(make_school(bureau, number := next(made), f"第{number}小学"), grade=3)

    schools(2)
    same_questions(reverse("archives:county"), schools)


@pytest.mark.parametrize("kind", ["marks", "award", "fitness"])
def test_a_sheet(same_questions, sign_in, kept, no1, kind):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("archives:sheet", args=[class_of(no1, 3).pk, kind]) + "?term=2025-2", kept)


def told_nothing(child_at, no1, registrar, number):
    """These many children of a class of whom it is said that they had no award: child → the statement."""
    children = [long_here(child_at(no1, grade=3, name=f"样例{n}")) for n in range(number)]
    entries.declare_nothing(KINDS["award"], SPRING, children, school=no1, by=registrar)
    return {entry.child_id: entry.pk for entry in Entry.objects.standing().filter(child__in=children)}


def test_a_sheet_on_which_nothing_was_said(same_questions, sign_in, child_at, no1):
    registrar = sign_in(Role.REGISTRAR, no1)
    url = reverse("archives:sheet", args=[class_of(no1, 3).pk, "award"]) + "?term=2025-2"
    same_questions(url, lambda number: told_nothing(child_at, no1, registrar, number))


@pytest.mark.parametrize("act", ["taken back", "checked"])
def test_saving_for_many_children_asks_as_for_few(client, sign_in, child_at, no1, act):
    registrar, asked = sign_in(Role.REGISTRAR, no1), []
    for number in (FEW, FEW, MANY):  # the first one warms up
        said = told_nothing(child_at, no1, registrar, number)
        url = reverse("archives:sheet", args=[class_of(no1, 3).pk, "award"])
        given = {f"back-{pk}": entry for pk, entry in said.items()} | {"reason": "点错了班", "term": "2025-2"}
        if act == "checked":
            url = reverse("archives:cross_check", args=[class_of(no1, 3).pk])
            given = {f"{pk}-looked": "on" for pk in said} | {"term": "2026-1"}
        with CaptureQueriesContext(connection) as questions:
            assert client.post(url, given).status_code == 302
        asked.append(len(questions))
    assert asked[1] == asked[2], "\n".join(query["sql"][:200] for query in questions)


def test_the_paper_column(same_questions, sign_in, kept, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("archives:cross_check", args=[class_of(no1, 3).pk]), kept)
