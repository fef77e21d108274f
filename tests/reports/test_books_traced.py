"""A book on paper and the trace of who has it are kept together or not at all."""

import pytest
from django.db import OperationalError, connection

from reports.books.models import BookFile
from reports.models import Print
from students.models import Look
from tests.reports.books import closed, printed_bytes
from tests.reports.test_books_printed import live


def test_no_paper_is_registered_when_nobody_can_be_told_who_has_it(no1, child_at):
    """The server goes away just when the trace is to be kept."""
    child_at(no1, grade=1, name="样例新")
    part, before = closed(no1, "newcomers"), Print.objects.count()

    def lost(execute, sql, params, many, context):
        if f'INSERT INTO "{Look._meta.db_table}"' in sql:
            raise OperationalError("the server has gone away")
        return execute(sql, params, many, context)

    for prints in (lambda: live(no1, "newcomers", year=2025), lambda: printed_bytes(part)):
        with connection.execute_wrapper(lost), pytest.raises(OperationalError):
            prints()
    assert Print.objects.count() == before and not BookFile.objects.exists()
    printed_bytes(part)
    assert Print.objects.count() == before + 1 and Look.objects.filter(kind=Look.Kind.FILE).count() == 1
