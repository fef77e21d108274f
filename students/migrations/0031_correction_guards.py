from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL_AND_BUREAU, states_of

# Items are written with the draft and replaced while it is one; afterwards they stand for ever.
ITEMS_STAND = """
CREATE FUNCTION students_correctionitem_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE about bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.case_id ELSE NEW.case_id END;
BEGIN
    IF TG_OP = 'UPDATE' OR NOT EXISTS (SELECT FROM approvals_case WHERE id = about AND state = 'draft') THEN
        RAISE EXCEPTION 'students_correctionitem stands once handed in: % refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER students_correctionitem_stands BEFORE INSERT OR UPDATE OR DELETE ON students_correctionitem
    FOR EACH ROW EXECUTE FUNCTION students_correctionitem_stands();
ALTER TABLE students_correctionitem ENABLE ALWAYS TRIGGER students_correctionitem_stands;
"""
ITEMS_FALL = """
DROP TRIGGER students_correctionitem_stands ON students_correctionitem;
DROP FUNCTION students_correctionitem_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0030_correction")]
    operations = [
        states_of("correction", DECIDED_BY_SCHOOL_AND_BUREAU),
        migrations.RunSQL(ITEMS_STAND, ITEMS_FALL),
    ]
