from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL_AND_BUREAU, states_of


class Migration(migrations.Migration):
    dependencies = [("suspensions", "0001_initial"), ("approvals", "0006_needless_filings")]
    operations = [states_of("suspension", DECIDED_BY_SCHOOL_AND_BUREAU)]
