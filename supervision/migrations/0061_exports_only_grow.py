from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("supervision", "0060_exports")]
    operations = [
        insert_only("supervision_exportrequest"),
        insert_only("supervision_exportdecision"),
        insert_only("supervision_exportfile"),
        insert_only("supervision_exporttake"),
        insert_only("supervision_exportmaking"),
    ]
