"""The copies that a school keeps of its leavers hold phones, addresses and health sealed (第三十七条)."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations

from jianping_xueji.vault.fields import SealedJSON
from jianping_xueji.vault.moving import seal_copies


def seal_rows(apps, schema_editor):
    seal_copies(schema_editor.connection, "archives_schoolcopy", ["content"], digested="content")


class Migration(migrations.Migration):
    dependencies = [("archives", "0040_archive_asked_by_copy"), ("students", "0200_sealed_columns")]
    operations = [
        migrations.AlterField("schoolcopy", "content", SealedJSON(encoder=DjangoJSONEncoder, verbose_name="学籍全文")),
        migrations.RunPython(seal_rows, migrations.RunPython.noop),
    ]
