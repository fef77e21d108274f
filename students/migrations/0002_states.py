from django.db import migrations

from approvals.guards import states_of

STATES = ["draft", "filled", "school_check", "bureau", "bureau_check", "done", "refused", "withdrawn"]


class Migration(migrations.Migration):
    dependencies = [("students", "0001_initial")]
    operations = [states_of("registration", STATES)]
