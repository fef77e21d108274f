from django.db import migrations

from law.calendar import fill_calendar, fill_terms


def fill(apps, schema_editor):
    fill_calendar(2020, 2027)
    fill_terms(2020, 2029)


class Migration(migrations.Migration):
    dependencies = [("law", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
