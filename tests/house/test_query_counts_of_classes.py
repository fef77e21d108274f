"""The pages of catchments, plans and classes ask no more questions when they show more."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from schools.catchments import COMMUNITY
from schools.models import Catchment, Division, School
from tests.county import make_school
from tests.house.questions import FEW, MANY, MOST, questions
from tests.students.specimens_classes import drafted_placing, drafted_plan, newcomers


@pytest.fixture
def villages(no1):
    def make(number: int) -> None:
        here = Division.objects.filter(kind=COMMUNITY).count()
        made = [
            Division(code=f"211322103{n:03d}", name=f"样例{n}村", kind=COMMUNITY, parent_id="211322103")
            for n in range(201 + here, 201 + here + number)
        ]
        Division.objects.bulk_create(made)
        given = {"school": no1, "year": 2026, "stage": "primary", "document": "建教发〔2026〕9号"}
        Catchment.objects.bulk_create([Catchment(community=each, **given) for each in made])

    return make


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_map_of_catchments(same_questions, sign_in, villages, bureau, no1, role):
    sign_in(role, no1 if role == Role.REGISTRAR else bureau)
    same_questions(reverse("students:catchments"), villages)


def test_an_address_that_fits_many_villages(same_questions, sign_in, villages, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("students:catchment_find") + "?q=样例", villages)


def test_the_plan_of_the_county(same_questions, sign_in, bureau):
    def planned_schools(number):
        have = School.objects.count()
        for n in range(have, have + number):
            drafted_plan(make_school(bureau, 100 + n, f"计划{n}小学"), [(1, 2, 45)])
        sign_in(Role.BUREAU_CLERK, bureau)

    same_questions(reverse("students:plans"), planned_schools)


def test_who_waits_for_a_class(same_questions, sign_in, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("students:placings"), lambda number: newcomers(no1, number, sequence=number))


def test_the_sheet_of_a_placing(client, sign_in, no1, no2):
    counts = []
    for school, number in ((no1, FEW), (no2, MANY)):
        newcomers(school, number, sequence=number)
        case = drafted_placing(school)
        sign_in(Role.REGISTRAR, school)
        counts.append([len(questions(client, url)) for url in (f"/placings/{case.number}/", f"/cases/{case.number}/")])
    few, many = counts
    assert few == many and few[0] <= MOST, counts
