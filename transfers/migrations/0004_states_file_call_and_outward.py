from importlib import import_module

from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL_AND_BUREAU, states_of

STATES = import_module("transfers.migrations.0002_states").STATES


def former() -> migrations.RunSQL:
    """The list of 0002 goes, and comes back when this migration is taken back."""
    listed = states_of("transfer", STATES)
    return migrations.RunSQL(listed.reverse_sql, listed.sql)


class Migration(migrations.Migration):
    dependencies = [("transfers", "0003_outward")]
    operations = [
        former(),
        states_of("transfer", [*STATES, "file_call"]),
        states_of("outward", DECIDED_BY_SCHOOL_AND_BUREAU),
    ]
