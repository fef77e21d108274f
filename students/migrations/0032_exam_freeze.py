from django.db import migrations

# 第十四条: from examination registration to the end of admissions nobody changes name, sex, birth date, people or
# document of a child that sits in grade nine. The transaction may say what day it legally is, and may name a correction
# of this child, of the school's own typing error, that the leader exempts; see docs/decisions/0012.
FREEZE = """
CREATE FUNCTION students_exam_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    child bigint;
    legal date := coalesce(
        nullif(current_setting('jianping.legal_date', true), '')::date,
        (now() AT TIME ZONE 'Asia/Shanghai')::date
    );
    exempt bigint := nullif(current_setting('jianping.freeze_exempt', true), '')::bigint;
    school_year int := extract(year FROM legal)::int - (extract(month FROM legal) < 9)::int;
BEGIN
    IF NOT EXISTS (SELECT FROM law_window WHERE kind = 'exam_freeze' AND legal BETWEEN starts AND ends) THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'students_student' THEN
        child := NEW.id;
    ELSE
        child := NEW.student_id;
    END IF;
    IF NOT EXISTS (
        SELECT FROM students_placement p
        JOIN students_enrolment e ON e.id = p.enrolment_id AND NOT e.voided
        JOIN schools_schoolclass c ON c.id = p.school_class_id
        WHERE e.student_id = child AND p.ends IS NULL AND c.stage = 'junior' AND c.cohort = school_year - 2
    ) THEN
        RETURN NEW;
    END IF;
    IF exempt IS NOT NULL AND EXISTS (
        SELECT FROM students_correction k
        JOIN approvals_casesubject s ON s.case_id = k.case_ptr_id AND s.child_id = child
        WHERE k.case_ptr_id = exempt AND k.ground = 'mistyped'
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'exam freeze: key fields of grade nine stand until the window ends (child %)', child
        USING ERRCODE = 'check_violation', CONSTRAINT = 'students_exam_freeze';
END $$;

CREATE TRIGGER students_exam_freeze BEFORE UPDATE OF name, sex, birth_date, ethnicity, id_type ON students_student
    FOR EACH ROW WHEN (
        (OLD.name, OLD.sex, OLD.birth_date, OLD.ethnicity, OLD.id_type)
        IS DISTINCT FROM (NEW.name, NEW.sex, NEW.birth_date, NEW.ethnicity, NEW.id_type)
    ) EXECUTE FUNCTION students_exam_freeze();
CREATE TRIGGER students_exam_freeze_added BEFORE INSERT ON students_studentnumber
    FOR EACH ROW WHEN (NEW.kind = 'id') EXECUTE FUNCTION students_exam_freeze();
CREATE TRIGGER students_exam_freeze BEFORE UPDATE ON students_studentnumber
    FOR EACH ROW WHEN (
        (OLD.kind = 'id' OR NEW.kind = 'id')
        AND (OLD.student_id, OLD.kind, OLD.cipher, OLD.index, OLD.until)
        IS DISTINCT FROM (NEW.student_id, NEW.kind, NEW.cipher, NEW.index, NEW.until)
    ) EXECUTE FUNCTION students_exam_freeze();
"""
THAW = """
DROP TRIGGER students_exam_freeze ON students_student;
DROP TRIGGER students_exam_freeze ON students_studentnumber;
DROP TRIGGER students_exam_freeze_added ON students_studentnumber;
DROP FUNCTION students_exam_freeze();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0031_correction_guards"),
        ("law", "0002_calendar"),
        ("schools", "0003_seatgrant_revoked"),
    ]
    operations = [migrations.RunSQL(FREEZE, THAW)]
