from django.db import migrations

# The freeze of 0032 for numbers that are added, asked once a statement instead of once a number: an import adds fifty
# thousand, and nearly always there is no freeze at all. What is refused, and what exempts from it, is the same.
ADDED = """
DROP TRIGGER students_exam_freeze_added ON students_studentnumber;
CREATE FUNCTION students_exam_freeze_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    legal date := coalesce(
        nullif(current_setting('jianping.legal_date', true), '')::date,
        (now() AT TIME ZONE 'Asia/Shanghai')::date
    );
    exempt bigint := nullif(current_setting('jianping.freeze_exempt', true), '')::bigint;
    school_year int := extract(year FROM legal)::int - (extract(month FROM legal) < 9)::int;
    frozen bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM law_window WHERE kind = 'exam_freeze' AND legal BETWEEN starts AND ends) THEN
        RETURN NULL;
    END IF;
    SELECT n.student_id INTO frozen
    FROM fresh n
    JOIN students_enrolment e ON e.student_id = n.student_id AND NOT e.voided
    JOIN students_placement p ON p.enrolment_id = e.id AND p.ends IS NULL
    JOIN schools_schoolclass c ON c.id = p.school_class_id AND c.stage = 'junior' AND c.cohort = school_year - 2
    WHERE n.kind = 'id' AND NOT EXISTS (
        SELECT FROM students_correction k
        JOIN approvals_casesubject s ON s.case_id = k.case_ptr_id AND s.child_id = n.student_id
        WHERE k.case_ptr_id = exempt AND k.ground = 'mistyped'
    )
    LIMIT 1;
    IF frozen IS NOT NULL THEN
        RAISE EXCEPTION 'exam freeze: key fields of grade nine stand until the window ends (child %)', frozen
            USING ERRCODE = 'check_violation', CONSTRAINT = 'students_exam_freeze';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER students_exam_freeze_added AFTER INSERT ON students_studentnumber
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION students_exam_freeze_added();
"""
EACH = """
DROP TRIGGER students_exam_freeze_added ON students_studentnumber;
DROP FUNCTION students_exam_freeze_added();
CREATE TRIGGER students_exam_freeze_added BEFORE INSERT ON students_studentnumber
    FOR EACH ROW WHEN (NEW.kind = 'id') EXECUTE FUNCTION students_exam_freeze();
"""


class Migration(migrations.Migration):
    dependencies = [("students", "0160_columns_of_one_list")]
    operations = [migrations.RunSQL(ADDED, EACH)]
