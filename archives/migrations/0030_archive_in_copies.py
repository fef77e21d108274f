from django.db import migrations

DETAILS = (
    "archives_proofpaper", "archives_growth", "archives_fitnesstest", "archives_checkup", "archives_vaccination",
    "archives_award", "archives_aid", "archives_evaluation",
)  # fmt: skip
SAYS = ",\n".join(f"(SELECT to_jsonb(d) - 'entry_id' FROM {table} d WHERE d.entry_id = e.id)" for table in DETAILS)

# 第十一条: the copy of whoever leaves or graduates holds the archive of 第九条 as well, every version of every entry, those
# of records merged into the child's too, with the hashes of what was filed. Both kinds of copy are written by one
# statement for many children; the archive is added row by row, so that neither statement needs to know of it.
ADDED = f"""
CREATE FUNCTION archives_entries_of(child bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    WITH RECURSIVE kin (id) AS (
        SELECT child UNION SELECT s.id FROM students_student s JOIN kin ON s.merged_into_id = kin.id
    )
    SELECT coalesce(jsonb_agg(to_jsonb(e) || jsonb_build_object(
        'says', coalesce(
            (SELECT jsonb_object_agg(m.subject, m.mark) FROM archives_mark m WHERE m.entry_id = e.id),
            {SAYS},
            '{{}}'),
        'files', coalesce((SELECT jsonb_agg(f.sha256 ORDER BY c.id) FROM archives_entryscan c
            JOIN archives_archivefile f ON f.id = c.file_id WHERE c.entry_id = e.id), '[]')
        ) ORDER BY e.id), '[]')
    FROM archives_entry e WHERE e.child_id IN (SELECT id FROM kin)
$$;
CREATE FUNCTION archives_add_to_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.content := NEW.content || jsonb_build_object('archive', archives_entries_of(NEW.student_id));
    NEW.digest := encode(sha256(convert_to(NEW.content::text, 'UTF8')), 'hex');
    RETURN NEW;
END $$;
CREATE TRIGGER archives_add_to_copy BEFORE INSERT ON archives_schoolcopy
    FOR EACH ROW EXECUTE FUNCTION archives_add_to_copy();
CREATE TRIGGER archives_add_to_copy BEFORE INSERT ON students_frozenrecord
    FOR EACH ROW EXECUTE FUNCTION archives_add_to_copy();
ALTER TABLE archives_schoolcopy ENABLE ALWAYS TRIGGER archives_add_to_copy;
ALTER TABLE students_frozenrecord ENABLE ALWAYS TRIGGER archives_add_to_copy;
"""  # noqa: S608 — names of our own tables only
TAKEN_OUT = """
DROP TRIGGER archives_add_to_copy ON students_frozenrecord;
DROP TRIGGER archives_add_to_copy ON archives_schoolcopy;
DROP FUNCTION archives_add_to_copy();
DROP FUNCTION archives_entries_of(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("archives", "0021_custody_guards"), ("students", "0132_agreement_upload")]
    operations = [migrations.RunSQL(ADDED, TAKEN_OUT)]
