"""Pages of the archive ask as much for two rows as for twenty."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from archives.entries import keep
from archives.kinds import KINDS
from archives.periods import Period
from tests.archives.conftest import long_here
from tests.archives.specimens import OF, filled
from tests.county import class_of, make_school

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


def test_the_paper_column(same_questions, sign_in, kept, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("archives:cross_check", args=[class_of(no1, 3).pk]), kept)
