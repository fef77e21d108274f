"""第八条 at registration: who begins to live is looked at for 问题学籍 at once, the whole batch in one go."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from approvals.services import perform
from students.models import Problem, Student
from tests.county import staff_member
from tests.importing import imported, walk_batch
from tests.students.specimens_problems import without_id
from tests.workbooks import pupil, workbook


@pytest.fixture
def batch(no1):
    """A batch of two newcomers, filled while nobody is like them."""
    return imported(workbook([pupil(1), pupil(2)]), no1).registration


@pytest.fixture
def known(batch, child_at, no2):
    """Meanwhile a child came elsewhere, without ID number, of the first newcomer's name, sex and birth date."""
    wanted = batch.entries.order_by("sheet_row").first().student
    child = without_id(child_at(no2, grade=3, name=wanted.name))
    Student.objects.filter(pk=child.pk).update(sex=wanted.sex, birth_date=wanted.birth_date)
    return child


def test_a_newcomer_like_a_child_without_a_number_is_found_with_the_registration(batch, known):
    """Found by the decision itself, not by the next run over the county; both children show it."""
    case = walk_batch(batch)
    like, other = (entry.student for entry in case.entries.order_by("sheet_row"))
    problem = Problem.objects.get()
    assert (problem.what, problem.state, {problem.child_id, problem.other_id}) == (
        "namesake", "open", {like.pk, known.pk},
    )  # fmt: skip
    shown = dict(Student.objects.values_list("pk", "problem"))
    assert shown[like.pk] == shown[known.pk] == "疑似重复建籍" and shown[other.pk] == ""


def test_nothing_is_found_before_the_decision(batch, known):
    walk_batch(batch, until="propose")
    assert not Problem.objects.exists()


def test_a_batch_of_forty_asks_as_much_as_one_of_four(no1, bureau):
    def questions(first, size):
        book = workbook([pupil(n) for n in range(first, first + size)])
        case = walk_batch(imported(book, no1).registration, until="propose")
        with CaptureQueriesContext(connection) as asked:
            perform(case, "register", by=staff_member(Role.BUREAU_CHECKER, bureau))
        return len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])

    questions(1, 2)
    assert questions(10, 4) == questions(20, 40)
