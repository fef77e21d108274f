"""The pages of leavers, grade-seven intake and the board ask no more questions when they show more."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from schools.models import School
from students.leavers.assigning import open_assignment
from students.models import AssignmentRow, Student
from tests.changes import decided
from tests.county import class_of, make_school
from tests.leavers import cohort_of_leavers
from tests.students.specimens_intake import drafted_intake, junior_school
from tests.suspensions.pairs import inquired


@pytest.fixture
def cohort(bureau, no1):
    """cohort(number): leavers of the first school, whose township's junior school answers for them."""
    junior_school(bureau)
    return lambda number: cohort_of_leavers([no1], number, first=Student.objects.count())


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_leavers_to_take_over(same_questions, sign_in, cohort, bureau, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else junior_school(bureau))
    same_questions(reverse("students:intake"), cohort)


def test_what_grade_seven_has_to_complete(same_questions, sign_in, cohort, bureau):
    junior = junior_school(bureau)
    sign_in(Role.REGISTRAR, junior)

    def taken_over(number):
        decided(drafted_intake(junior, cohort(number)))

    same_questions(reverse("students:intake_completion"), taken_over)


def test_what_a_class_of_grade_seven_has_to_complete(same_questions, sign_in, cohort, bureau):
    junior = junior_school(bureau)
    sign_in(Role.REGISTRAR, junior)

    def taken_over(number):
        decided(drafted_intake(junior, cohort(number)))

    same_questions(reverse("students:intake_completion_class", args=[class_of(junior, 7).pk]), taken_over)


def test_the_dry_run_of_assignment(same_questions, sign_in, bureau):
    sign_in(Role.BUREAU_CLERK, bureau)

    def schools(number):
        for _ in range(number):
            known = School.objects.count()
            cohort_of_leavers([make_school(bureau, 500 + known, f"第{500 + known}小学")], 2, first=2 * known)
            junior_school(bureau, 700 + known, f"第{known}中学")

    same_questions(reverse("students:assignment"), schools)


def test_the_list_of_an_assignment(same_questions, sign_in, cohort, bureau, no1):
    clerk = sign_in(Role.BUREAU_CLERK, bureau)
    cohort(1)
    case = open_assignment(no1, by=clerk)

    def rows(number):
        AssignmentRow.objects.bulk_create(
            AssignmentRow(case=case, child=child, primary=no1, school=no1, why="decided") for child in cohort(number)
        )

    same_questions(reverse("students:assignment_draft", args=[case.number]), rows)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_board_of_leavers(same_questions, sign_in, bureau, no1, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)

    def pairs(number):
        for _ in range(number):
            known = School.objects.count()
            cohort_of_leavers([make_school(bureau, 500 + known, f"第{500 + known}小学"), no1], 4, first=4 * known)

    same_questions(reverse("board:county"), pairs)


def test_a_pair_of_schools(same_questions, sign_in, cohort, bureau, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("board:pair", args=[no1.pk, junior_school(bureau).pk]), cohort)


def test_one_leaver(same_questions, sign_in, cohort, bureau, no1):
    sign_in(Role.REGISTRAR, no1)
    (child,) = cohort(1)
    same_questions(
        reverse("board:child", args=[child.slug]), lambda number: [inquired(child, no1) for _ in range(number)]
    )
