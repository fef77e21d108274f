from django.db import migrations

from approvals.guards import insert_only, states_of


class Migration(migrations.Migration):
    dependencies = [("suspensions", "0050_leavers_board")]
    operations = [
        states_of("pairing", ["draft", "primary_check", "junior", "junior_check", "done", "withdrawn", "reopened"]),
        insert_only("suspensions_leaverinquiry"),
        insert_only("suspensions_pairingrow"),
    ]
