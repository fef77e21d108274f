from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU_AND_LEADER, insert_only, states_of


class Migration(migrations.Migration):
    dependencies = [("transfers", "0010_school_closing")]
    operations = [
        states_of("school_closing", DECIDED_BY_BUREAU_AND_LEADER),
        insert_only("transfers_closingentry"),
    ]
