from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU, DECIDED_BY_SCHOOL, insert_only, states_of

# 第十一条第一款: the record of a graduate is not edited any more. What is found wrong later goes through the data
# administrator, whose correction with its reason stands beside the change when the transaction ends; an undone
# graduation changes the status first. The columns left out are no part of the record's meaning.
FROZEN = """
CREATE FUNCTION students_graduate_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM students_datafix WHERE model = 'students.student' AND object_id = NEW.id::text
            AND fixed_at >= transaction_timestamp() - interval '5 seconds'
    ) THEN
        RAISE EXCEPTION 'the record of a graduate is frozen' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER students_graduate_is_frozen AFTER UPDATE ON students_student
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status IN ('graduated', 'completed') AND NEW.status = OLD.status
        AND (to_jsonb(NEW) - 'wrapped_key' - 'slug' - 'problem')
            IS DISTINCT FROM (to_jsonb(OLD) - 'wrapped_key' - 'slug' - 'problem'))
    EXECUTE FUNCTION students_graduate_is_frozen();
ALTER TABLE students_student ENABLE ALWAYS TRIGGER students_graduate_is_frozen;
"""
FROZEN_BACK = """
DROP TRIGGER students_graduate_is_frozen ON students_student;
DROP FUNCTION students_graduate_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0100_school_year")]
    operations = [
        states_of("graduation", DECIDED_BY_SCHOOL),
        states_of("promotion", DECIDED_BY_BUREAU),
        states_of("assessment", DECIDED_BY_BUREAU),
        insert_only("students_assessmentrow"),
        insert_only("students_frozenrecord"),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
    ]
