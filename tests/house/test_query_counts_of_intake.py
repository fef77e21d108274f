"""The pages of 新生入学 ask no more questions when they show more."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.county import make_school
from tests.house.questions import MOST
from tests.students.intake import asked, entered, mapped, ready


@pytest.fixture
def newcomers(no1):
    """newcomers(number): so many more children in the school's open batch, each with a community and a class."""
    made = iter(range(100))
    place = mapped(no1)

    def make(number):
        for _ in range(number):
            n = next(made)
            case = entered(no1, asked(f"新苗{chr(0x4E00 + n)}", sequence=420 + n), place)
        return ready(case)

    return make


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_a_batch_of_newcomers(same_questions, sign_in, newcomers, bureau, no1, role):
    """A case page and a judged list in one: more questions than a list asks, as many for twenty children as for two."""
    sign_in(role, no1 if role == Role.REGISTRAR else bureau)
    same_questions(newcomers(1).get_absolute_url(), newcomers, most=2 * MOST)


def test_the_log_of_searches(same_questions, sign_in, newcomers, bureau):
    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions(reverse("intake:searches"), newcomers)


def test_the_progress_of_registration(same_questions, sign_in, bureau):
    schools = iter(range(40, 90))

    def begun(number):
        for _ in range(number):
            n = next(schools)
            school = make_school(bureau, n, f"第{n}小学")
            ready(entered(school, asked(sequence=300 + n)))

    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions(reverse("intake:progress"), begun)
