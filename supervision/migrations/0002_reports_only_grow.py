from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_ledger_reports")]
    operations = [insert_only("supervision_ledgerreport")]
