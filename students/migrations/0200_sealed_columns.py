"""Phones, addresses and health of children, families and the roster are sealed, with every copy of them (第三十七条)."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations

from jianping_xueji.vault import fields
from jianping_xueji.vault.moving import must_be_sealed, seal_copies, seal_items, seal_texts

CHILD = {
    "home_address": "address",
    "mail_address": "address",
    "family_address": "address",
    "phone": "phone",
    "health": "health",
    "disability": "health",
}
MEMBER = {"home_address": "address", "phone": "phone"}
ROSTER = {"household_address": "address", "residence": "address", "phone": "phone"}
# Tables whose histories have the same columns.
SEALED = {"students_student": CHILD, "students_familymember": MEMBER, "students_rosterchild": ROSTER}
COPIES = {
    "students_campaignentry": ["changes"],
    "students_campaignentryevent": ["changes"],
    "students_recordentry": ["before", "after"],
}


def seal_rows(apps, schema_editor):
    connection = schema_editor.connection
    for table, families in SEALED.items():
        seal_texts(connection, table, families)
        seal_texts(connection, f"{table}event", families, key="pgh_id")
    for table, names in COPIES.items():
        seal_copies(connection, table, names, key="pgh_id" if table.endswith("event") else "id")
    seal_copies(connection, "students_frozenrecord", ["content"], digested="content")
    seal_items(connection, "students_correctionitem", ["before", "after"], "field", "jsonb")
    seal_items(connection, "students_difference", ["ours", "theirs"], "field")


class Migration(migrations.Migration):
    dependencies = [("students", "0190_fewer_indexes"), ("vault", "0001_column_keys")]
    operations = [
        migrations.AlterField(
            "campaignentry", "changes", fields.SealedJSON(blank=True, default=dict, verbose_name="改动（原来与改为）")
        ),
        migrations.AlterField(
            "campaignentryevent",
            "changes",
            fields.SealedJSON(blank=True, default=dict, verbose_name="改动（原来与改为）"),
        ),
        migrations.AlterField("datafix", "after", fields.SealedJSON(default=dict, verbose_name="改后")),
        migrations.AlterField("datafix", "before", fields.SealedJSON(default=dict, verbose_name="改前")),
        migrations.AlterField(
            "difference", "ours", fields.CopiedText(blank=True, max_length=1000, verbose_name="本县")
        ),
        migrations.AlterField(
            "difference", "theirs", fields.CopiedText(blank=True, max_length=1000, verbose_name="全国系统")
        ),
        migrations.AlterField(
            "familymember",
            "home_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="现住址"),
        ),
        migrations.AlterField(
            "familymember",
            "phone",
            fields.SealedText(blank=True, family="phone", max_length=30, verbose_name="联系电话"),
        ),
        migrations.AlterField(
            "familymemberevent",
            "home_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="现住址"),
        ),
        migrations.AlterField(
            "familymemberevent",
            "phone",
            fields.SealedText(blank=True, family="phone", max_length=30, verbose_name="联系电话"),
        ),
        migrations.AlterField(
            "frozenrecord", "content", fields.SealedJSON(encoder=DjangoJSONEncoder, verbose_name="学籍全文")
        ),
        migrations.AlterField(
            "recordentry", "after", fields.SealedJSON(encoder=DjangoJSONEncoder, verbose_name="改后")
        ),
        migrations.AlterField(
            "recordentry",
            "before",
            fields.SealedJSON(encoder=DjangoJSONEncoder, null=True, verbose_name="改前（新建为空）"),
        ),
        migrations.AlterField(
            "rosterchild",
            "household_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="户籍地址"),
        ),
        migrations.AlterField(
            "rosterchild",
            "phone",
            fields.SealedText(blank=True, family="phone", max_length=30, verbose_name="联系电话"),
        ),
        migrations.AlterField(
            "rosterchild",
            "residence",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="现住址"),
        ),
        migrations.AlterField(
            "rosterchildevent",
            "household_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="户籍地址"),
        ),
        migrations.AlterField(
            "rosterchildevent",
            "phone",
            fields.SealedText(blank=True, family="phone", max_length=30, verbose_name="联系电话"),
        ),
        migrations.AlterField(
            "rosterchildevent",
            "residence",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="现住址"),
        ),
        migrations.AlterField(
            "student",
            "disability",
            fields.SealedText(blank=True, family="health", max_length=2, verbose_name="残疾类型"),
        ),
        migrations.AlterField(
            "student",
            "family_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="家庭地址"),
        ),
        migrations.AlterField(
            "student", "health", fields.SealedText(blank=True, family="health", max_length=2, verbose_name="健康状况")
        ),
        migrations.AlterField(
            "student",
            "home_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="现住址"),
        ),
        migrations.AlterField(
            "student",
            "mail_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="通信地址"),
        ),
        migrations.AlterField(
            "student", "phone", fields.SealedText(blank=True, family="phone", max_length=30, verbose_name="联系电话")
        ),
        migrations.AlterField(
            "studentevent",
            "disability",
            fields.SealedText(blank=True, family="health", max_length=2, verbose_name="残疾类型"),
        ),
        migrations.AlterField(
            "studentevent",
            "family_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="家庭地址"),
        ),
        migrations.AlterField(
            "studentevent",
            "health",
            fields.SealedText(blank=True, family="health", max_length=2, verbose_name="健康状况"),
        ),
        migrations.AlterField(
            "studentevent",
            "home_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="现住址"),
        ),
        migrations.AlterField(
            "studentevent",
            "mail_address",
            fields.SealedText(blank=True, family="address", max_length=180, verbose_name="通信地址"),
        ),
        migrations.AlterField(
            "studentevent",
            "phone",
            fields.SealedText(blank=True, family="phone", max_length=30, verbose_name="联系电话"),
        ),
        migrations.RunPython(seal_rows, migrations.RunPython.noop),
        *(migrations.RunSQL(*must_be_sealed(table, families)) for table, families in SEALED.items()),
    ]
