"""Sealing and anchoring belong to a login of their own; the application can do neither any more."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import migrations
from psycopg import sql

# Whoever else could until now: every role with rights on the events, the owner apart.
OTHERS = """SELECT DISTINCT g.grantee::text FROM information_schema.role_table_grants g
    WHERE g.table_name = 'audit_event' AND g.grantee NOT IN (current_user, 'PUBLIC', %s)"""
TAKE = (
    "REVOKE INSERT ON audit_anchor FROM {}",
    "REVOKE ALL ON SEQUENCE audit_anchor_id_seq FROM {}",
    "REVOKE EXECUTE ON FUNCTION audit_seal_batch(integer) FROM {}",
)
# Not INSERT on the seals: those come from the database's own function alone, whoever calls it.
GIVE = (
    "GRANT SELECT ON audit_event, audit_seal, audit_anchor TO {}",
    "GRANT INSERT ON audit_anchor TO {}",
    "GRANT USAGE ON SEQUENCE audit_anchor_id_seq TO {}",
    "GRANT EXECUTE ON FUNCTION audit_seal_batch(integer) TO {}",
)


def sealing_login(cursor) -> str:
    """The role of DATABASE_SEAL_URL. Raises ImproperlyConfigured, with what to do, when there is none."""
    role = urlsplit(settings.DATABASE_SEAL_URL).username
    if not role:
        raise ImproperlyConfigured("请先设置 DATABASE_SEAL_URL（封存登录的地址），再执行迁移。")
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
    if not cursor.rowcount:
        raise ImproperlyConfigured(
            f"数据库里没有角色 {role}。请以数据库管理员执行：CREATE ROLE {role} LOGIN PASSWORD '…'"
        )
    return role


def part(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        role = sealing_login(cursor)
        cursor.execute(OTHERS, [role])
        others = [name for (name,) in cursor.fetchall()]
        for statement, roles in [*((take, others) for take in TAKE), *((give, [role]) for give in GIVE)]:
            for each in roles:
                cursor.execute(sql.SQL(statement).format(sql.Identifier(each)))


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_digest_of_children")]
    operations = [migrations.RunPython(part, migrations.RunPython.noop)]
