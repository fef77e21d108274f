"""The pages of chapter 4 ask no more questions when they show more."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from schools.models import School
from tests.county import make_school
from tests.supervision.auditing import begun
from tests.supervision.clocks import row
from tests.supervision.complaining import complained
from tests.supervision.ordering import ordered


@pytest.fixture
def schools(bureau, staff):
    """schools(number): further schools, each with a registrar and something overdue."""

    def make(number):
        for _ in range(number):
            school = make_school(bureau, 500 + School.objects.count(), f"第{School.objects.count()}小学")
            staff(Role.REGISTRAR, school)
            row(school, deadline="archive.opened")

    return make


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_complaints(same_questions, sign_in, bureau, no1, child_at, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)

    def more(number):
        for _ in range(number):
            complained(no1, child_at(no1))

    same_questions(reverse("supervision:complaints"), more)


def test_orders(same_questions, sign_in, bureau, schools):
    sign_in(Role.BUREAU_CLERK, bureau)

    def more(number):
        known = set(School.objects.values_list("pk", flat=True))
        schools(number)
        for school in School.objects.exclude(pk__in=known):
            ordered(school)

    same_questions(reverse("supervision:orders"), more)


@pytest.mark.parametrize("page", ["breaches", "registrars", "scores"])
def test_pages_of_all_schools(same_questions, sign_in, bureau, schools, page):
    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions(reverse(f"supervision:{page}"), schools)


def test_the_round_of_audits(same_questions, sign_in, bureau, schools):
    sign_in(Role.BUREAU_CLERK, bureau)

    def more(number):
        schools(number)
        begun(bureau)

    same_questions(reverse("supervision:audits"), more)


def test_the_page_and_the_sheet_of_an_audit(same_questions, sign_in, bureau, no1, child_at):
    sign_in(Role.BUREAU_CLERK, bureau)
    case = begun(bureau)[no1.pk]

    def sampled(number):
        for _ in range(number):
            case.samples.create(child=child_at(no1), place="三年级1班")

    same_questions(reverse("supervision:audit_sheet", args=[case.number]), sampled)
