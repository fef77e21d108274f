from django.db import migrations

from approvals.guards import insert_only

TABLES = (
    "entry", "mark", "growth", "fitnesstest", "checkup", "vaccination", "award", "aid", "evaluation", "proofpaper",
    "archivefile", "entryscan",
)  # fmt: skip

# A correction follows the very version it corrects, of the same matter of the same child.
CHAIN = """
CREATE FUNCTION archives_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before archives_entry;
BEGIN
    IF NEW.replaces_id IS NOT NULL THEN
        SELECT * INTO before FROM archives_entry WHERE id = NEW.replaces_id;
        IF (before.child_id, before.slot, before.kind, before.version + 1)
            IS DISTINCT FROM (NEW.child_id, NEW.slot, NEW.kind, NEW.version::int) THEN
            RAISE EXCEPTION 'archive entry does not follow the version it replaces' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER archives_entry_follows BEFORE INSERT ON archives_entry
    FOR EACH ROW EXECUTE FUNCTION archives_entry_follows();
ALTER TABLE archives_entry ENABLE ALWAYS TRIGGER archives_entry_follows;
"""
UNCHAIN = "DROP TRIGGER archives_entry_follows ON archives_entry; DROP FUNCTION archives_entry_follows();"


class Migration(migrations.Migration):
    dependencies = [("archives", "0001_entries")]
    operations = [
        *(insert_only(f"archives_{table}") for table in TABLES),
        migrations.RunSQL(CHAIN, UNCHAIN),
    ]
