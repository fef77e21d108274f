import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data" / "divisions.csv"


def fill(apps, schema_editor):
    division = apps.get_model("schools", "Division")
    with DATA.open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            division.objects.get_or_create(
                code=row["code"],
                defaults={"name": row["name"], "kind": row["kind"], "parent_id": row["parent"] or None},
            )


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
