from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU, insert_only, states_of

# I10: after L comes G or J, after J comes G, after G nothing. The number before is the one that ended last; a number
# undone on the day it was issued (until = since) counts for nothing, and the same number taken up again is no step.
LETTERS = """
CREATE FUNCTION students_number_steps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last date;
BEGIN
    SELECT max(coalesce(until, 'infinity'::date)) INTO last FROM students_studentnumber
        WHERE student_id = NEW.student_id AND kind = 'registry' AND (until IS NULL OR until > since);
    IF last IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM students_studentnumber
        WHERE student_id = NEW.student_id AND kind = 'registry' AND (until IS NULL OR until > since)
            AND coalesce(until, 'infinity'::date) = last
            AND (letter || NEW.letter IN ('LG', 'LJ', 'JG') OR index = NEW.index)
    ) THEN
        RAISE EXCEPTION 'a registry number goes from L to G or J, or from J to G' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER students_number_steps BEFORE INSERT ON students_studentnumber FOR EACH ROW
    WHEN (NEW.kind = 'registry' AND NEW.until IS DISTINCT FROM NEW.since)
    EXECUTE FUNCTION students_number_steps();
ALTER TABLE students_studentnumber ENABLE ALWAYS TRIGGER students_number_steps;
"""
LETTERS_BACK = "DROP TRIGGER students_number_steps ON students_studentnumber; DROP FUNCTION students_number_steps();"
STAYS = "ALTER TABLE students_studentnumber ENABLE ALWAYS TRIGGER students_number_stays;"
STAYS_BACK = "ALTER TABLE students_studentnumber ENABLE TRIGGER students_number_stays;"


class Migration(migrations.Migration):
    dependencies = [("students", "0050_numbering"), ("approvals", "0006_needless_filings")]
    operations = [
        states_of("numbering", DECIDED_BY_BUREAU),
        insert_only("students_numberingrow"),
        migrations.RunSQL(LETTERS, LETTERS_BACK),
        migrations.RunSQL(STAYS, STAYS_BACK),
    ]
