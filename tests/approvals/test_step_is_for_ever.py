"""A signature is never changed, removed or forged away: not by the application, not by the owner."""

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts.roles import Role
from approvals.models import Step
from approvals.services import perform
from tests.county import hand_for


@pytest.fixture
def signed(transfer):
    return perform(transfer, "submit", by=hand_for(transfer, Role.REGISTRAR, "lead"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvals_step SET opinion = 'x'",
        "DELETE FROM approvals_step",
        "TRUNCATE approvals_step CASCADE",
        "ALTER TABLE approvals_step DISABLE TRIGGER ALL",
        "ALTER TABLE approvals_step DISABLE TRIGGER approvals_step_no_change",
        "DROP TRIGGER approvals_step_no_change ON approvals_step",
        "DROP TABLE approvals_step CASCADE",
    ],
)
def test_the_application_role_can_only_add(signed, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Step.objects.count() == 1


def test_the_suite_runs_as_a_role_that_owns_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["UPDATE approvals_step SET opinion = 'x'", "DELETE FROM approvals_step"])
def test_even_the_owner_is_refused_by_the_trigger(signed, owner, statement):
    with pytest.raises(psycopg.Error, match="insert-only"):
        owner.execute(statement)
    with pytest.raises(psycopg.Error, match="insert-only"):
        owner.execute("TRUNCATE approvals_step CASCADE")


@pytest.mark.django_db(transaction=True)
def test_with_the_trigger_off_the_owner_could(signed, owner):
    """Control: it is the trigger that refuses."""
    owner.execute("ALTER TABLE approvals_step DISABLE TRIGGER approvals_step_no_change")
    owner.execute("UPDATE approvals_step SET opinion = 'forged'")
    assert Step.objects.get().opinion == "forged"


def test_the_canonical_bytes_hold_what_was_signed(signed):
    step = Step.objects.get()
    text = bytes(step.canonical).decode()
    assert f'"actor":{step.actor_id}' in text and '"action":"submit"' in text and step.article in text
