from django.db import migrations

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [("supervision", "0020_holidays")]
    operations = [
        insert_only("supervision_holidaynotice"),
        insert_only("supervision_holidaydecision"),
        insert_only("supervision_calendarchange"),
    ]
