"""A column key is never lost or exchanged, whoever writes: all phones, addresses or health would go with it."""

from django.db import migrations

from jianping_xueji.audit.guards import insert_only
from jianping_xueji.rotation.guarding import may_rewrap


class Migration(migrations.Migration):
    dependencies = [("rotation", "0001_retired_keys"), ("vault", "0001_column_keys")]
    operations = [
        insert_only("vault_columnkey"),
        migrations.RunSQL(may_rewrap("vault_columnkey"), migrations.RunSQL.noop),
    ]
