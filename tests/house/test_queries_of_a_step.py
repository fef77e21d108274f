"""No signature asks the database more because more has been decided before, or because a batch is larger."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import tests.all_specimens  # noqa: F401
from approvals.services import perform
from students.changes import kinds_of_change
from tests.changes import SPECIMENS, County, way_of
from tests.county import hand_for
from tests.students.specimens_numbering import drafted_numbering, fresh, row_of

# What a signature and a deciding signature may ask at most; a transfer asks 23 and 53.
SIGNATURE, DECISION = 22, 66
KINDS = sorted(kinds_of_change())


@pytest.fixture
def county(bureau, no1, no2, no3, child_at, staff):
    return County(bureau, no1, no2, no3, child_at, staff)


def questions_along(case) -> list[int]:
    """How many questions each step of the whole way asks; what frames a transaction is none."""
    counts = []
    for action, role, side in way_of(case):
        by = hand_for(case, role, side)
        with CaptureQueriesContext(connection) as asked:
            case = perform(case, action, by=by)
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in asked.captured_queries))
    return counts


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_of_every_kind_asks_few_questions_and_always_as_many(county, kind):
    first, second, third = (questions_along(SPECIMENS[kind](county)) for _ in range(3))
    assert second == third, f"{kind}: {first} {second} {third}"
    *signatures, decision = third
    assert max(signatures) <= SIGNATURE and decision <= DECISION, f"{kind}: {third}"


def test_a_batch_of_twenty_asks_as_much_as_one_of_two(county):
    def batch(size, sequence):
        children = [county.child_at(county.no1, name=f"样例{n}") for n in range(size)]
        rows = [row_of(child, new=fresh(sequence + n)) for n, child in enumerate(children)]
        return questions_along(drafted_numbering(county.bureau, *rows))

    batch(2, 100)
    assert batch(2, 200) == batch(20, 300)
