"""A key for each family of sealed columns, wrapped by the current master key of the environment."""

from django.conf import settings
from django.db import migrations, models

from jianping_xueji.vault.columns import FAMILIES
from jianping_xueji.vault.keys import new_child_key


def make_keys(apps, schema_editor):
    rows = apps.get_model("vault", "ColumnKey").objects
    for family in FAMILIES:
        rows.create(family=family, algorithm=settings.VAULT_ALGORITHM, wrapped_key=new_child_key())


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "ColumnKey",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("family", models.CharField("栏目类", max_length=8, unique=True)),
                ("algorithm", models.CharField("算法", max_length=8)),
                ("wrapped_key", models.BinaryField("加密密钥", editable=False)),
            ],
            options={
                "verbose_name": "栏目密钥",
                "verbose_name_plural": "栏目密钥",
                "default_permissions": (),
            },
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
    ]
