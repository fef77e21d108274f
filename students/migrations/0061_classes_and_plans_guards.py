from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU, DECIDED_BY_SCHOOL, insert_only, states_of


class Migration(migrations.Migration):
    dependencies = [("students", "0060_classes_and_plans"), ("approvals", "0007_late_clocks")]
    operations = [
        states_of("plan", DECIDED_BY_BUREAU),
        states_of("class_change", DECIDED_BY_SCHOOL),
        states_of("class_move", DECIDED_BY_SCHOOL),
        states_of("placing", DECIDED_BY_SCHOOL),
        insert_only("students_catchmentchange"),
        insert_only("students_ledgerentry"),
    ]
