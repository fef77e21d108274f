from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL_AND_BUREAU, states_of


class Migration(migrations.Migration):
    dependencies = [("transfers", "0020_inclusion")]
    operations = [states_of(kind, DECIDED_BY_SCHOOL_AND_BUREAU) for kind in ("inclusion", "inclusion_end")]
