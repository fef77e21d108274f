import django.db.models.deletion
from django.db import migrations, models

# Whose record a roster child is, who else it may be, its deferral and who answers for it: each looked up once a row.
STANDING = migrations.RunSQL(
    """
    CREATE VIEW students_rosterstanding AS
    SELECT c.id AS child_id, r.id AS record, COALESCE(r.status, '') AS record_status, place.bureau_id AS record_bureau,
           alike.id AS alike, COALESCE(put_off.number, '') AS deferral, COALESCE(c.assigned_id, taking.school_id) AS owner
      FROM students_rosterchild c
      LEFT JOIN LATERAL (
          SELECT COALESCE(into_.merged_into_id, s.merged_into_id, s.id) AS id
            FROM students_studentnumber n
            JOIN students_student s ON s.id = n.student_id
            LEFT JOIN students_student into_ ON into_.id = s.merged_into_id
           WHERE n.kind = 'id' AND n.index = c.index AND s.status NOT IN ('rejected', 'deleted')
             AND n.id NOT IN (
                 SELECT e.row FROM students_recordentry e JOIN approvals_case k ON k.id = e.case_id
                  WHERE e.table = 'number' AND e.before IS NULL AND k.state = 'undone')
           ORDER BY n.until DESC NULLS FIRST, n.id DESC LIMIT 1) held ON true
      LEFT JOIN students_student r ON r.id = COALESCE(c.student_id, held.id)
      LEFT JOIN schools_school place ON place.id = r.school_id
      LEFT JOIN LATERAL (
          SELECT s.id FROM students_student s
           WHERE r.id IS NULL AND s.birth_date = c.birth_date AND s.sex = c.sex AND s.name = c.name
             AND s.merged_into_id IS NULL AND s.status NOT IN ('rejected', 'deleted')
             AND NOT EXISTS (
                 SELECT 1 FROM students_rosterentry e
                  WHERE e.child_id = c.id AND e.student_id = s.id AND e.kind = 'different')
           ORDER BY s.id LIMIT 1) alike ON true
      LEFT JOIN LATERAL (
          SELECT k.number FROM students_deferral d JOIN approvals_case k ON k.id = d.case_ptr_id
           WHERE d.roster_child_id = c.id AND d.counts AND k.state = 'done' LIMIT 1) put_off ON true
      LEFT JOIN LATERAL (
          SELECT t.school_id FROM schools_catchment t JOIN schools_school s ON s.id = t.school_id
           WHERE t.community_id = c.community_id AND t.year = c.year AND t.stage = 'primary' AND s.closed_on IS NULL
           ORDER BY s.code LIMIT 1) taking ON true
    """,
    "DROP VIEW students_rosterstanding",
)


class Migration(migrations.Migration):
    dependencies = [("schools", "0011_catchment"), ("students", "0083_home_lessons_only_grow")]
    operations = [
        STANDING,
        migrations.CreateModel(
            name="RosterStanding",
            fields=[
                (
                    "child",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="students.rosterchild",
                        verbose_name="适龄儿童",
                    ),
                ),
                ("record", models.BigIntegerField(null=True, verbose_name="学籍")),
                ("record_status", models.CharField(max_length=12, verbose_name="学籍状态")),
                ("record_bureau", models.BigIntegerField(null=True, verbose_name="学籍所在主管部门")),
                ("alike", models.BigIntegerField(null=True, verbose_name="疑似的学籍")),
                ("deferral", models.CharField(max_length=20, verbose_name="缓学批准文号")),
                ("owner", models.BigIntegerField(null=True, verbose_name="责任学校")),
            ],
            options={
                "verbose_name": "适龄儿童现况",
                "verbose_name_plural": "适龄儿童现况",
                "db_table": "students_rosterstanding",
                "managed": False,
                "default_permissions": (),
            },
        ),
    ]
