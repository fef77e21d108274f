from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU_AND_LEADER, states_of


class Migration(migrations.Migration):
    dependencies = [("students", "0072_overflow")]
    operations = [states_of("overflow", [*DECIDED_BY_BUREAU_AND_LEADER, "issued"])]
