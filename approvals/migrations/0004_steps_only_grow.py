from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_initial")]
    operations = [insert_only("approvals_step")]
