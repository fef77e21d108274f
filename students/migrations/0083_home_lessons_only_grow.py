from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("students", "0082_home_lessons")]
    operations = [insert_only("students_homelesson")]
