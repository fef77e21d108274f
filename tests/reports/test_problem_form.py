"""问题学籍处理申请表: one form for 佐证, 删除 and 合并, blank, asked for and decided."""

import pytest

from accounts.roles import Role
from students.change_pages import prints_of
from students.models import Deletion, Look, Proof
from tests.changes import decided, drafted
from tests.county import hand_for, staff_member
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of
from tests.students.specimens_problems import TOLD, drafted_merge, found_pair


@pytest.fixture
def pair(child_at, no1, no2, family):
    """Two records alike: one with a number at the first school, one without at the second."""
    one, two, problem = found_pair(child_at, no1, no2)
    family(one)
    return one, two, problem


@pytest.fixture
def cases(pair):
    one, two, problem = pair
    make = {
        "proof": lambda: drafted(Proof, one, problem=problem, **TOLD),
        "deletion": lambda: drafted(Deletion, one, why="duplicate", sits_at="建平县第二小学", **TOLD),
        "merge": lambda: drafted_merge(two, one),
    }
    return lambda kind: make[kind]()


def clerk_of(case):
    return staff_member(Role.BUREAU_CLERK, case.lead_school.bureau)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("proof", ["√佐证", "√疑似重复建籍"]),
        ("deletion", ["√删除", "√本县重复建籍", "建平县第二小学", "√疑似重复建籍"]),
        ("merge", ["√合并", "√证明材料", "没有", "第一小学", "√疑似重复建籍"]),
    ],
)
def test_each_remedy_is_asked_for_on_the_same_form(printed, cases, kind, said):
    case = cases(kind)
    pdf = printed("problem_form", case, by=clerk_of(case)).pdf
    keep(f"problem_form-{kind}", pdf)
    text = text_of(pdf).replace(" ", "")
    assert pages_of(pdf) == 1 and "查户口簿，情况属实" in text
    for words in said:
        assert words in text


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("proof", [Role.HEADMASTER, Role.BUREAU_CHECKER]),
        ("deletion", [Role.HEADMASTER, Role.BUREAU_CHECKER, Role.BUREAU_LEADER]),
        ("merge", [Role.BUREAU_CHECKER, Role.BUREAU_LEADER]),
    ],
)
def test_decided_it_shows_every_signature(printed, cases, kind, roles):
    case = cases(kind)
    before = text_of(printed("problem_form", case, by=clerk_of(case)).pdf)
    case = decided(case)
    pdf = printed("problem_form", case, by=clerk_of(case)).pdf
    keep(f"problem_form-{kind}-decided", pdf)
    text = text_of(pdf)
    for role in roles:
        name = hand_for(case, role, "lead" if role == Role.HEADMASTER else "bureau").name
        assert name in text and name not in before
    assert pages_of(pdf) == 1 and case.number in text


def test_the_numbers_of_the_record_that_ends_stay_masked(printed, pair):
    one, two, _ = pair
    number = one.id_number.plain()
    case = drafted_merge(two, one)
    text = text_of(printed("problem_form", case, by=clerk_of(case)).pdf)
    assert number not in text and number[-4:] in text
    assert set(Look.objects.values_list("student", flat=True)) == {two.pk}


def test_the_longest_words_fit_on_one_page(printed, pair):
    one, *_ = pair
    case = drafted(Deletion, one, why="duplicate", sits_at="壹" * 100, explanation="壹" * 200)
    pdf = printed("problem_form", case, by=clerk_of(case)).pdf
    assert pages_of(pdf) == 1 and text_of(pdf).replace("\n", "").count("壹") == 300


@pytest.mark.parametrize("kind", ["proof", "deletion", "merge"])
def test_the_page_offers_it(cases, kind):
    assert ("problem_form", "问题学籍处理申请表") in prints_of(cases(kind))


def test_blank(printed, no1):
    pdf = printed("problem_form", by=staff_member(Role.REGISTRAR, no1)).pdf
    keep("problem_form-blank", pdf)
    assert pages_of(pdf) == 1 and "主管局长" in text_of(pdf)
