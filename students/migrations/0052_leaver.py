from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0011_catchment"),
        ("students", "0051_numbering_guards"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="student",
            name="student_status",
        ),
        migrations.AlterField(
            model_name="student",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "待核"),
                    ("enrolled", "在读"),
                    ("suspended", "休学"),
                    ("dropped_out", "辍学"),
                    ("moved_away", "转出"),
                    ("leaver", "小学毕业待升学"),
                    ("graduated", "毕业"),
                    ("completed", "修业期满"),
                    ("deceased", "死亡"),
                    ("abroad", "出境就读"),
                    ("in_custody", "专门教育"),
                    ("rejected", "未予注册"),
                    ("left", "丧失学习能力离校"),
                    ("merged", "已并入另一学籍"),
                    ("deleted", "已删除"),
                ],
                default="pending",
                max_length=12,
                verbose_name="学籍状态",
            ),
        ),
        migrations.AlterField(
            model_name="studentevent",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "待核"),
                    ("enrolled", "在读"),
                    ("suspended", "休学"),
                    ("dropped_out", "辍学"),
                    ("moved_away", "转出"),
                    ("leaver", "小学毕业待升学"),
                    ("graduated", "毕业"),
                    ("completed", "修业期满"),
                    ("deceased", "死亡"),
                    ("abroad", "出境就读"),
                    ("in_custody", "专门教育"),
                    ("rejected", "未予注册"),
                    ("left", "丧失学习能力离校"),
                    ("merged", "已并入另一学籍"),
                    ("deleted", "已删除"),
                ],
                default="pending",
                max_length=12,
                verbose_name="学籍状态",
            ),
        ),
        migrations.AddConstraint(
            model_name="student",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "pending",
                            "enrolled",
                            "suspended",
                            "dropped_out",
                            "moved_away",
                            "leaver",
                            "graduated",
                            "completed",
                            "deceased",
                            "abroad",
                            "in_custody",
                            "rejected",
                            "left",
                            "merged",
                            "deleted",
                        ],
                    )
                ),
                name="student_status",
            ),
        ),
    ]
