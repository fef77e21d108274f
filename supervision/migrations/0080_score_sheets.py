import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from approvals.guards import insert_only


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0012_private"),
        ("supervision", "0061_exports_only_grow"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoreSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="学年（起始年）")),
                ("content", models.JSONField(verbose_name="签定时的得分")),
                ("sha256", models.CharField(max_length=64, verbose_name="内容摘要")),
                ("signed_on", models.DateField(verbose_name="签定日期")),
                ("entered_at", models.DateTimeField(auto_now_add=True, verbose_name="录入时间")),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.bureau",
                        verbose_name="主管部门",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="签定人",
                    ),
                ),
            ],
            options={
                "verbose_name": "年度考核结果",
                "verbose_name_plural": "年度考核结果",
                "ordering": ["-year"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("bureau", "year"), name="score_sheet_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="score_sheet_digest"
                    ),
                ],
            },
        ),
        insert_only("supervision_scoresheet"),
    ]
