"""A fault that nobody foresaw is found by its log, and the log names nobody."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import path

from students.models import Student
from tests.house.canaries import Journal

NAME = "鹿鸣甲"


def refused_by_the_database(_request):
    """PostgreSQL quotes the whole row that it refuses."""
    with transaction.atomic():
        Student.objects.filter(name=NAME).update(status="nowhere")


def refused_twice(_request):
    try:
        int(NAME)
    except ValueError:
        raise KeyError(NAME)  # noqa: B904 — both are told


urlpatterns = [path("row/", refused_by_the_database), path("twice/", refused_twice)]


@pytest.fixture
def log_of(settings, child_at, no1):
    """What the log of the site holds after a page that broke, and what the fault itself says."""
    child_at(no1, name=NAME)
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []

    def told(page: str) -> tuple[str, str]:
        client = Client(raise_request_exception=False)
        with Journal() as journal:
            answer = client.get(f"/{page}/")
        assert answer.status_code == 500
        return "\n".join(journal.lines), str(answer.exc_info[1])

    return told


def test_a_row_that_the_database_refuses_is_not_quoted(log_of):
    log, fault = log_of("row")
    assert NAME in fault, "control: the fault does quote it"
    assert NAME not in log and "refused_by_the_database" in log
    assert "IntegrityError 23514 students_student student_status" in log


def test_neither_fault_of_two_is_quoted(log_of):
    log, fault = log_of("twice")
    assert NAME in fault
    assert NAME not in log and "KeyError at" in log and "ValueError at" in log
