"""Phone and address in a 统筹 placement are sealed as those of a child (第三十七条)."""

from django.db import migrations

from jianping_xueji.vault.fields import SealedText
from jianping_xueji.vault.moving import must_be_sealed, seal_texts

TABLE, FAMILIES = "transfers_schoolplacement", {"phone": "phone", "residence": "address"}


def seal_rows(apps, schema_editor):
    seal_texts(schema_editor.connection, TABLE, FAMILIES, key="case_ptr_id")


class Migration(migrations.Migration):
    dependencies = [("transfers", "0023_states_placement"), ("vault", "0001_column_keys")]
    operations = [
        migrations.AlterField(
            "schoolplacement", "phone", SealedText(family="phone", max_length=30, verbose_name="联系电话")
        ),
        migrations.AlterField(
            "schoolplacement", "residence", SealedText(family="address", max_length=120, verbose_name="实际居住地址")
        ),
        migrations.RunPython(seal_rows, migrations.RunPython.noop),
        migrations.RunSQL(*must_be_sealed(TABLE, FAMILIES)),
    ]
