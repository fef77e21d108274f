from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("students", "0008_recordentry")]
    operations = [insert_only("students_recordentry")]
