from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("students", "0130_agreement_checks_duplicates")]
    operations = [insert_only("students_differenceruling"), insert_only("students_likenessruling")]
