import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0010_former_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="Catchment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="学年（起始年）")),
                (
                    "stage",
                    models.CharField(
                        choices=[("primary", "小学"), ("junior", "初中")], max_length=8, verbose_name="学段"
                    ),
                ),
                ("document", models.CharField(max_length=120, verbose_name="依据文件")),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="catchments",
                        to="schools.division",
                        verbose_name="村（社区）",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="catchments",
                        to="schools.school",
                        verbose_name="学校",
                    ),
                ),
            ],
            options={
                "verbose_name": "学区",
                "verbose_name_plural": "学区",
                "ordering": ["year", "stage", "community", "school"],
                "constraints": [
                    models.UniqueConstraint(fields=("year", "stage", "community", "school"), name="catchment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["primary", "junior"])), name="catchment_stage"
                    ),
                ],
            },
        ),
    ]
