"""What every signature asks is planned once and read once."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Appointment
from accounts.policies import appointments_behind
from accounts.roles import Role
from approvals.services import perform
from law import clock


def plans_of(words: str) -> list[int]:
    """How often each text kept on this connection that holds these words has been run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE position(%s IN statement) > 0",
            [words],
        )
        return [runs for (runs,) in cursor.fetchall()]


def test_a_question_asked_again_is_kept_by_the_server(staff, no1):
    user = staff(Role.REGISTRAR, no1)
    asked = {"user": user.pk, "day": clock.today(), "right": "make_change", "school": no1.pk}
    before = sum(plans_of("accounts_deputy"))
    answers = [appointments_behind.rows(**asked) for _ in range(3)]
    assert sum(plans_of("accounts_deputy")) >= before + 2
    assert answers[0] == answers[1] == answers[2] != []
    Appointment.objects.filter(user=user).update(ends=clock.today())
    assert appointments_behind.rows(**asked) == [], "the plan is kept, never the answer"


def test_a_move_reads_the_numbers_of_the_law_once(transfer, staff, no2):
    with CaptureQueriesContext(connection) as asked:
        perform(transfer, "submit", by=staff(Role.REGISTRAR, no2))
    assert sum('FROM "law_parameter"' in query["sql"] for query in asked.captured_queries) == 1
