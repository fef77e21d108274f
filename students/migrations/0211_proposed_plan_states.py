from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU, states_of


class Migration(migrations.Migration):
    """A school proposes its plan: two states before the bureau's draft (第八条)."""

    dependencies = [("students", "0210_proposed_plans")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE approvals_case DROP CONSTRAINT case_states_of_plan",
            states_of("plan", DECIDED_BY_BUREAU).sql,
        ),
        states_of("plan", ["proposal", "headmaster", *DECIDED_BY_BUREAU]),
    ]
