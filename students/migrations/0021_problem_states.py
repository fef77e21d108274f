from django.db import migrations

from approvals.guards import (
    DECIDED_BY_BUREAU_AND_LEADER,
    DECIDED_BY_LEADER_TOO,
    DECIDED_BY_SCHOOL_AND_BUREAU,
    states_of,
)


class Migration(migrations.Migration):
    dependencies = [("students", "0020_problems"), ("approvals", "0006_needless_filings")]
    operations = [
        states_of("proof", DECIDED_BY_SCHOOL_AND_BUREAU),
        states_of("deletion", DECIDED_BY_LEADER_TOO),
        states_of("merge", DECIDED_BY_BUREAU_AND_LEADER),
    ]
