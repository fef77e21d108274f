from django.db import migrations

from approvals.guards import states_of

STATES = [
    "draft", "filled", "school_check", "bureau", "bureau_check", "done", "settled", "refused", "withdrawn", "undone",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("students", "0140_import_columns")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE approvals_case DROP CONSTRAINT case_states_of_registration",
            states_of("registration", STATES[:-1]).sql,
        ),
        states_of("registration", STATES),
    ]
