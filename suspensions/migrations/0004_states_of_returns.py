from django.db import migrations

from approvals.guards import (
    DECIDED_BY_BUREAU,
    DECIDED_BY_LEADER_TOO,
    DECIDED_BY_SCHOOL_AND_BUREAU,
    states_of,
)

BY_SCHOOL = ("extension", "resumption", "abroad", "home_from_abroad", "custody", "death")


class Migration(migrations.Migration):
    dependencies = [("suspensions", "0003_returns_and_leavings")]
    operations = [
        *(states_of(kind, DECIDED_BY_SCHOOL_AND_BUREAU) for kind in BY_SCHOOL),
        states_of("incapacity", DECIDED_BY_LEADER_TOO),
        states_of("release", DECIDED_BY_BUREAU),
    ]
