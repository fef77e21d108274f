from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("students", "0003_traces")]
    operations = [insert_only("students_look"), insert_only("students_datafix")]
