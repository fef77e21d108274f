from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL_AND_BUREAU, states_of


class Migration(migrations.Migration):
    dependencies = [("students", "0120_home_move")]
    operations = [states_of("home_move", DECIDED_BY_SCHOOL_AND_BUREAU)]
