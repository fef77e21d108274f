from importlib import import_module

from django.db import migrations

ADDED = import_module("archives.migrations.0030_archive_in_copies").ADDED
FUNCTION = ADDED[: ADDED.index("CREATE FUNCTION archives_add_to_copy")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)

# Asked for every child of a year that graduates: plpgsql keeps the plan of the question for the session, where the
# same question in a function of plain SQL is planned anew for each child, which took longer than the answer.
KEPT = FUNCTION.replace("LANGUAGE sql STABLE AS $$", "LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (").replace(
    "(SELECT id FROM kin)\n$$", "(SELECT id FROM kin)\n); END $$"
)


class Migration(migrations.Migration):
    dependencies = [("archives", "0030_archive_in_copies")]
    operations = [migrations.RunSQL(KEPT, FUNCTION)]
