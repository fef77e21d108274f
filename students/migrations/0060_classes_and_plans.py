import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0007_late_clocks"),
        ("schools", "0011_catchment"),
        ("students", "0052_leaver"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClassMove",
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
                    "reason",
                    models.CharField(
                        help_text="如：身体原因须在一层就读。不得按成绩调班。", max_length=200, verbose_name="调班理由"
                    ),
                ),
                (
                    "to_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.schoolclass",
                        verbose_name="调入班级",
                    ),
                ),
            ],
            options={
                "verbose_name": "调班",
                "verbose_name_plural": "调班",
            },
            bases=("approvals.case", models.Model),
        ),
        migrations.CreateModel(
            name="IntakePlan",
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
                (
                    "document",
                    models.CharField(help_text="招生方案的名称和文号。", max_length=120, verbose_name="依据文件"),
                ),
            ],
            options={
                "verbose_name": "招生计划",
                "verbose_name_plural": "招生计划",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("year__range", (2020, 2100))), name="plan_year")
                ],
            },
            bases=("approvals.case", models.Model),
        ),
        migrations.CreateModel(
            name="Placing",
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
                ("grade", models.PositiveSmallIntegerField(verbose_name="年级")),
                ("seed", models.PositiveIntegerField(verbose_name="随机数")),
            ],
            options={
                "verbose_name": "分班",
                "verbose_name_plural": "分班",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("grade__range", (1, 9))), name="placing_grade")
                ],
            },
            bases=("approvals.case", models.Model),
        ),
        migrations.CreateModel(
            name="CatchmentChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="学年（起始年）")),
                (
                    "stage",
                    models.CharField(
                        choices=[("primary", "小学"), ("junior", "初中")], max_length=8, verbose_name="学段"
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[("added", "划入"), ("removed", "划出")], max_length=8, verbose_name="调整"
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[("import", "表格导入"), ("edit", "逐个调整"), ("copy", "沿用上一学年")],
                        max_length=8,
                        verbose_name="方式",
                    ),
                ),
                ("document", models.CharField(max_length=120, verbose_name="依据文件")),
                ("made_on", models.DateField(verbose_name="办理日期")),
                ("entered_at", models.DateTimeField(auto_now_add=True, verbose_name="录入时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.division",
                        verbose_name="村（社区）",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                        verbose_name="学校",
                    ),
                ),
            ],
            options={
                "verbose_name": "学区调整记录",
                "verbose_name_plural": "学区调整记录",
                "ordering": ["-pk"],
                "default_permissions": ["view"],
                "indexes": [models.Index(fields=["community", "-id"], name="catchment_change_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("act__in", ["added", "removed"])), name="catchment_change_act"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["import", "edit", "copy"])), name="catchment_change_way"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["primary", "junior"])), name="catchment_change_stage"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassChange",
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
                    "act",
                    models.CharField(
                        choices=[("open", "开班"), ("close", "撤班")], max_length=5, verbose_name="办理事项"
                    ),
                ),
                ("grade", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="年级")),
                (
                    "class_kind",
                    models.CharField(
                        blank=True,
                        choices=[("ordinary", "普通班"), ("special", "特教班"), ("home", "送教上门")],
                        default="ordinary",
                        max_length=10,
                        verbose_name="班级类型",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="事由")),
                (
                    "school_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.schoolclass",
                        verbose_name="班级",
                    ),
                ),
            ],
            options={
                "verbose_name": "开班与撤班",
                "verbose_name_plural": "开班与撤班",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act", "open"), ("grade__range", (1, 9))),
                            models.Q(("act", "close"), ("school_class__isnull", False)),
                            _connector="OR",
                        ),
                        name="class_change_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("class_kind__in", ["ordinary", "special", "home", ""])),
                        name="class_change_kind",
                    ),
                ],
            },
            bases=("approvals.case", models.Model),
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "table",
                    models.CharField(choices=[("seats", "学位"), ("class", "班级")], max_length=5, verbose_name="表"),
                ),
                ("row", models.BigIntegerField(verbose_name="行号")),
                (
                    "before",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="改前（新建为空）",
                    ),
                ),
                (
                    "after",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="改后"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_entries",
                        to="approvals.case",
                        verbose_name="案件",
                    ),
                ),
            ],
            options={
                "verbose_name": "班级与学位变动明细",
                "verbose_name_plural": "班级与学位变动明细",
                "ordering": ["pk"],
                "default_permissions": ["view"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("table__in", ["seats", "class"])), name="ledger_entry_table"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlacingRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_hand", models.BooleanField(default=False, verbose_name="手工调整")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="students.placing",
                        verbose_name="案件",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placing_rows",
                        to="students.student",
                        verbose_name="学生",
                    ),
                ),
                (
                    "school_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.schoolclass",
                        verbose_name="班级（暂不编班为空）",
                    ),
                ),
            ],
            options={
                "verbose_name": "分班名单",
                "verbose_name_plural": "分班名单",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("case", "child"), name="placing_child_once")],
            },
        ),
        migrations.CreateModel(
            name="PlanLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grade", models.PositiveSmallIntegerField(verbose_name="年级")),
                ("classes", models.PositiveSmallIntegerField(verbose_name="班数")),
                ("size", models.PositiveSmallIntegerField(verbose_name="班额")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="students.intakeplan",
                        verbose_name="案件",
                    ),
                ),
            ],
            options={
                "verbose_name": "招生计划明细",
                "verbose_name_plural": "招生计划明细",
                "ordering": ["grade"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "grade"), name="plan_grade_once"),
                    models.CheckConstraint(condition=models.Q(("grade__range", (1, 9))), name="plan_line_grade"),
                    models.CheckConstraint(
                        condition=models.Q(("classes__lte", 60), ("size__range", (1, 100))), name="plan_line_numbers"
                    ),
                ],
            },
        ),
    ]
