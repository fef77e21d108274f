from importlib import import_module

from django.db.migrations import Migration as DjangoMigration
from django.db.migrations import RunSQL

from approvals.guards import states_of

BEFORE = import_module("students.migrations.0002_states").STATES
DROP = "ALTER TABLE approvals_case DROP CONSTRAINT case_states_of_registration"


class Migration(DjangoMigration):
    dependencies = [("students", "0005_imports")]
    operations = [
        RunSQL(DROP, states_of("registration", BEFORE).sql),
        states_of("registration", [*BEFORE, "settled"]),
    ]
