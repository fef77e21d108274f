"""Lists of custody ask no more for twenty rows than for two."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.services import open_case
from archives.custody import owed, services
from archives.evidence.services import ask
from law import clock
from students import enrolments
from tests.county import staff_member
from tests.house.conftest import same_questions, sign_in  # noqa: F401 — fixtures
from transfers.models import OutwardTransfer

OUT = {"to_division": "150429", "to_school_name": "宁城县实验小学", "evidence": "来函", "state": "draft"}


@pytest.fixture
def departed(child_at, no1, no2):
    """departed(number): children whose record went from the first school to the second."""

    def make(number):
        registrar, today, made = staff_member(Role.REGISTRAR, no1), clock.today(), []
        for n in range(number):
            child = child_at(no1, grade=3, name=f"样例{n}")
            case = open_case(OutwardTransfer, by=registrar, lead=no1, children=[child], **OUT)
            enrolments.end([child], on=today, case=case, how="转出", went_to=no2.name)
            enrolments.begin([(child, None)], school=no2, on=today, case=case, how="转入")
            made.append(case)
        return made

    return make


@pytest.fixture
def sent(departed, no1):
    def make(number):
        words = {"way": "hand", "carrier": "张三", "given_on": clock.today()}
        for case in departed(number):
            rows = owed.owed().filter(left_by=case.pk)
            services.give(rows, by=staff_member(Role.REGISTRAR, no1), **words)

    return make


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
@pytest.mark.parametrize("page", ["custody:owed", "custody:copies", "custody:graduates", "custody:board"])
def test_what_is_owed_and_kept(same_questions, sign_in, departed, bureau, no1, role, page):  # noqa: F811
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(reverse(page), departed)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_slips(same_questions, sign_in, sent, bureau, no1, role):  # noqa: F811
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(reverse("custody:slips"), sent)


def test_volumes_and_packs(same_questions, sign_in, departed, no1):  # noqa: F811
    registrar, made = sign_in(Role.REGISTRAR, no1), []

    def volumes(number):
        for n in range(number):
            made.append(n)
            words = {"kind": "cards", "label": f"第{len(made)}册", "box": "1", "shelf": ""}
            services.register_volume(no1, by=registrar, **words)

    same_questions(reverse("custody:volumes"), volumes)
    same_questions(
        reverse("evidence:packs"),
        lambda number: [ask(by=registrar, purpose="督导", site="https://a.b", case=case) for case in departed(number)],
    )
