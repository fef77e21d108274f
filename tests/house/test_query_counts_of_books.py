"""No page of the books asks the database more when it shows more."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from reports.books.periods import period_of
from tests.county import make_school
from tests.reports.books import closed
from tests.reports.test_books_closing import moved, suspended


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
@pytest.mark.parametrize("kind", ["newcomers", "movements", "cards", "transfers", "graduates"])
def test_a_book_as_it_stands(same_questions, sign_in, child_at, bureau, no1, no2, role, kind):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    term = 2 if kind in ("cards", "graduates") else 1

    def lives(number):
        """Newcomers, a suspension, a transfer with its form; the first look has every kind of line."""
        for n in range(number // 2):
            child_at(no1, grade=1, name=f"样例{n}")
        suspended(child_at(no1, grade=3))
        moved(child_at(no1, grade=3), no2)

    same_questions(reverse("reports:book", args=[no1.pk, kind, 2026, term]), lives)


def test_the_shelf_of_a_school(same_questions, sign_in, no1):
    sign_in(Role.REGISTRAR, no1)
    terms = iter((1, 2))

    def closed_books(number):
        term = next(terms)
        for kind in ("movements", "transfers"):
            until = period_of(2025, term).last
            closed(no1, kind, year=2025, term=term, until=until)

    same_questions(f"{reverse('reports:shelf', args=[no1.pk])}?year=2025", closed_books)


def test_the_board_of_the_books(same_questions, sign_in, bureau, no1):
    sign_in(Role.BUREAU_CLERK, bureau)
    numbers = iter(range(60, 99))

    def more_schools(number):
        for _ in range(number):
            n = next(numbers)
            make_school(bureau, n, f"第{n}小学")

    same_questions(reverse("reports:books"), more_schools)
