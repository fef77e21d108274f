"""The pages of the school year ask no more questions when they show more."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from law import clock
from schools.models import School
from tests.county import make_school
from tests.students.year_lists import assessed, graduated


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_page_of_the_school_year(same_questions, sign_in, child_at, bureau, no1, role):
    """Children who cannot graduate are named one by one; for the bureau school by school too."""
    problems = lambda number: [child_at(no1, grade=6, name=f"样例{n}", problem="重复") for n in range(number)]  # noqa: E731
    with clock.at(date(2027, 7, 5)):
        sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    with clock.at(date(2026, 9, 15)):
        problems(1)
    name = "students:year" if role == Role.BUREAU_CLERK else "students:year_school"
    address = reverse(name, args=[] if role == Role.BUREAU_CLERK else [no1.pk])
    same_questions_in_july(same_questions, address, problems)


def same_questions_in_july(same_questions, address, add):
    """The children came in September; the page is opened in July."""

    def made(number):
        with clock.at(date(2026, 9, 15)):
            add(number)

    with clock.at(date(2027, 7, 5)):
        same_questions(address, made)


def test_the_exceptions_of_a_promotion(same_questions, sign_in, child_at, bureau, no1):
    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions_in_july(
        same_questions,
        reverse("students:year_exceptions"),
        lambda number: [child_at(no1, grade=6, name=f"样例{n}") for n in range(number)],
    )


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_list_of_certificates(same_questions, sign_in, child_at, bureau, role):
    junior = make_school(bureau, 61, "第九中学", School.Kind.JUNIOR)
    sign_in(role, bureau if role == Role.BUREAU_CLERK else junior)

    def graduates(number):
        finals = [child_at(junior, grade=9, name=f"样例{n}") for n in range(number)]
        assessed(bureau, finals)
        graduated(junior, 9)

    same_questions_in_july(same_questions, reverse("students:certificates"), graduates)
