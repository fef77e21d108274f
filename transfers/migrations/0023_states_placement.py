from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU_AND_LEADER, states_of


class Migration(migrations.Migration):
    dependencies = [("transfers", "0022_placement")]
    operations = [states_of("placement", [*DECIDED_BY_BUREAU_AND_LEADER, "issued"])]
