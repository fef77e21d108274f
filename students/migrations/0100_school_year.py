import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0093_assignment_guards"),
        ("approvals", "0007_late_clocks"),
        ("jobs", "0001_initial"),
        ("schools", "0011_catchment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="approvals.case",
                    ),
                ),
                ("exception_reason", models.TextField(blank=True, verbose_name="特批理由")),
                ("exception_rules", models.JSONField(default=list, editable=False, verbose_name="特批事项")),
                ("year", models.PositiveSmallIntegerField(verbose_name="学年（起始年）")),
                ("file_name", models.CharField(blank=True, max_length=120, verbose_name="结果文件")),
            ],
            options={
                "verbose_name": "综合考核结果",
                "verbose_name_plural": "综合考核结果",
            },
            bases=("approvals.case", models.Model),
        ),
        migrations.CreateModel(
            name="Graduation",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="approvals.case",
                    ),
                ),
                ("exception_reason", models.TextField(blank=True, verbose_name="特批理由")),
                ("exception_rules", models.JSONField(default=list, editable=False, verbose_name="特批事项")),
                ("year", models.PositiveSmallIntegerField(verbose_name="学年（起始年）")),
                ("grade", models.PositiveSmallIntegerField(verbose_name="毕业年级")),
            ],
            options={
                "verbose_name": "毕业",
                "verbose_name_plural": "毕业",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("grade__in", [6, 9])), name="graduation_grade")
                ],
            },
            bases=("approvals.case", models.Model),
        ),
        migrations.CreateModel(
            name="PromotionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="结束的学年（起始年）")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "待审核确认"),
                            ("done", "已升级"),
                            ("withdrawn", "已撤回"),
                            ("undone", "已撤销"),
                        ],
                        default="submitted",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "figures",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="预演与结果"
                    ),
                ),
                ("made_on", models.DateField(verbose_name="经办日期")),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.bureau",
                        verbose_name="教育局",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jobs.job",
                        verbose_name="后台任务",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
            ],
            options={
                "verbose_name": "升级批次",
                "verbose_name_plural": "升级批次",
                "ordering": ["-pk"],
                "default_permissions": ["view"],
            },
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                (
                    "case_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="approvals.case",
                    ),
                ),
                ("exception_reason", models.TextField(blank=True, verbose_name="特批理由")),
                ("exception_rules", models.JSONField(default=list, editable=False, verbose_name="特批事项")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="students.promotionrun",
                        verbose_name="升级批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "升级",
                "verbose_name_plural": "升级",
            },
            bases=("approvals.case", models.Model),
        ),
        migrations.CreateModel(
            name="AssessmentRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("passed", models.BooleanField(verbose_name="合格")),
                ("score", models.CharField(blank=True, max_length=60, verbose_name="成绩")),
                ("sheet_row", models.PositiveIntegerField(verbose_name="表内行号")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="students.assessment",
                        verbose_name="案件",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="students.student",
                        verbose_name="学生",
                    ),
                ),
            ],
            options={
                "verbose_name": "考核结果明细",
                "verbose_name_plural": "考核结果明细",
                "ordering": ["pk"],
                "default_permissions": ["view"],
                "constraints": [models.UniqueConstraint(fields=("case", "child"), name="assessment_child_once")],
            },
        ),
        migrations.CreateModel(
            name="FrozenRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_on", models.DateField(verbose_name="存档日期")),
                (
                    "content",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="学籍全文"),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="摘要（SHA-256）")),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen_records",
                        to="students.student",
                        verbose_name="学生",
                    ),
                ),
                (
                    "graduation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen_records",
                        to="students.graduation",
                        verbose_name="毕业办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "毕业存档",
                "verbose_name_plural": "毕业存档",
                "ordering": ["pk"],
                "default_permissions": ["view"],
                "constraints": [models.UniqueConstraint(fields=("student", "graduation"), name="frozen_once")],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("graduation", "毕业证书"), ("completion", "修业证明")],
                        max_length=10,
                        verbose_name="种类",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=30, verbose_name="证书编号")),
                ("year", models.PositiveSmallIntegerField(verbose_name="学年（起始年）")),
                ("sealed_on", models.DateField(blank=True, null=True, verbose_name="验印日期")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="发证日期")),
                ("collected_by", models.CharField(blank=True, max_length=60, verbose_name="签收人")),
                ("collected_on", models.DateField(blank=True, null=True, verbose_name="签收日期")),
                ("voided", models.BooleanField(default=False, verbose_name="已随毕业撤销作废")),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                        verbose_name="发证学校",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="students.student",
                        verbose_name="学生",
                    ),
                ),
                (
                    "graduation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="students.graduation",
                        verbose_name="毕业办理",
                    ),
                ),
            ],
            options={
                "verbose_name": "证书",
                "verbose_name_plural": "证书",
                "ordering": ["pk"],
                "default_permissions": ["view"],
                "indexes": [models.Index(fields=["school", "year", "kind"], name="certificate_batch")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["graduation", "completion"])), name="certificate_kind"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("voided", False), models.Q(("number", ""), _negated=True)),
                        fields=("number",),
                        name="certificate_number_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("voided", False)),
                        fields=("student", "kind"),
                        name="certificate_of_a_kind_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("collected_by", ""), ("collected_on", None)),
                            models.Q(("collected_on__isnull", False), models.Q(("collected_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="certificate_collection_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("collected_on", None),
                            models.Q(
                                models.Q(("number", ""), _negated=True), ("collected_on__gte", models.F("issued_on"))
                            ),
                            _connector="OR",
                        ),
                        name="certificate_collected_once_issued",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="promotionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["submitted", "done", "withdrawn", "undone"])),
                name="promotion_run_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotionrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["submitted", "done"])),
                fields=("bureau", "year"),
                name="one_promotion_a_year",
            ),
        ),
    ]
