"""A number once issued is ended, never rewritten: the database itself refuses (I10)."""

from datetime import date

import pytest
from django.db import IntegrityError

from students.models import StudentNumber


@pytest.mark.parametrize("change", [{"letter": "G"}, {"index": b"0" * 32}, {"kind": "id"}])
def test_a_number_is_not_rewritten(child_at, no1, change):
    held = StudentNumber.objects.filter(student=child_at(no1), kind="registry")
    with pytest.raises(IntegrityError, match="never rewritten"):
        held.update(**change)


def test_a_number_may_be_ended(child_at, no1):
    held = StudentNumber.objects.filter(student=child_at(no1), kind="registry")
    assert held.update(until=date(2026, 9, 15)) == 1
