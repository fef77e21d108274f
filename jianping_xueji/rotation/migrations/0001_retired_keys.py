"""Which master keys are retired, that nothing is wrapped by them, and that rows that only grow may be rewrapped."""

from django.db import migrations, models

from jianping_xueji.audit.guards import insert_only
from jianping_xueji.rotation.guarding import MASTER_OF, MASTER_OF_BACK, may_rewrap

ONLY_GROW = [
    "archives_packfile",
    "archives_receiptscan",
    "reports_bookfile",
    "reports_bookpart",
    "students_duplicatesearch",
    "supervision_exportfile",
]


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("archives", "0030_archive_in_copies"),
        ("reports", "0030_batches_and_printers"),
        ("students", "0142_returned_list"),
        ("supervision", "0061_exports_only_grow"),
    ]
    operations = [
        migrations.CreateModel(
            "RetiredKey",
            [
                ("identity", models.CharField("编号", max_length=255, primary_key=True, serialize=False)),
                ("retired_at", models.DateTimeField("停用时间", auto_now_add=True)),
            ],
            options={
                "verbose_name": "停用的主密钥",
                "verbose_name_plural": "停用的主密钥",
                "default_permissions": (),
            },
        ),
        insert_only("rotation_retiredkey"),
        migrations.RunSQL(MASTER_OF, MASTER_OF_BACK),
        *(migrations.RunSQL(may_rewrap(table), migrations.RunSQL.noop) for table in ONLY_GROW),
    ]
