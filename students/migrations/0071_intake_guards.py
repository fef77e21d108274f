from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("students", "0070_intake")]
    operations = [insert_only("students_duplicatesearch")]
