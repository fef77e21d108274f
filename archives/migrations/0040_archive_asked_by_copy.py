from django.db import migrations

# 第十一条: the copy of a graduate is made whole at once. Added row by row, the archive took the copy to pieces, put it
# together again and digested it a second time, which took as long as everything else about it.
ANSWERED = """
CREATE OR REPLACE FUNCTION students_archive_of(child bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT archives_entries_of(child)
$$;
DROP TRIGGER archives_add_to_copy ON students_frozenrecord;
"""
ADDED = """
CREATE TRIGGER archives_add_to_copy BEFORE INSERT ON students_frozenrecord
    FOR EACH ROW EXECUTE FUNCTION archives_add_to_copy();
ALTER TABLE students_frozenrecord ENABLE ALWAYS TRIGGER archives_add_to_copy;
CREATE OR REPLACE FUNCTION students_archive_of(child bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT '[]'::jsonb
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("archives", "0031_archive_asked_by_plan"), ("students", "0180_archive_of_copy")]
    operations = [migrations.RunSQL(ANSWERED, ADDED)]
