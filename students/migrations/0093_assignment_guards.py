from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU, states_of


class Migration(migrations.Migration):
    dependencies = [("students", "0092_assignment")]
    operations = [states_of("assignment", DECIDED_BY_BUREAU)]
