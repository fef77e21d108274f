from django.db import migrations

# A number row is ended and followed by another one; what it says is never rewritten (I10, 第六条).
FORWARD = """
CREATE FUNCTION students_number_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a number is ended and followed by another, never rewritten' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER students_number_stays BEFORE UPDATE ON students_studentnumber FOR EACH ROW
    WHEN (OLD.kind <> NEW.kind OR OLD.letter <> NEW.letter OR OLD.index <> NEW.index)
    EXECUTE FUNCTION students_number_stays();
"""
BACK = "DROP TRIGGER students_number_stays ON students_studentnumber; DROP FUNCTION students_number_stays();"


class Migration(migrations.Migration):
    dependencies = [("students", "0010_two_more_ends")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
