"""A statement over more children than an event names keeps the digest of who they are."""

from django.db import migrations

WRITE = """
ALTER TABLE audit_bell ADD COLUMN members bytea;
CREATE OR REPLACE FUNCTION audit_write_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE said jsonb;
BEGIN
    said := coalesce(nullif(current_setting('pghistory.context_metadata', true), ''),
                     nullif(current_setting('audit.context', true), ''), '{}')::jsonb;
    WITH taken AS (DELETE FROM public.audit_bell WHERE xid = pg_current_xact_id() RETURNING *)
    INSERT INTO public.audit_event
        (kind, actor, account, address, request, view, children, number, touched)
    SELECT 'change', (said->>'user')::bigint,
        coalesce((SELECT username FROM public.accounts_user WHERE id = (said->>'user')::bigint), ''),
        coalesce(said->>'address', ''), (said->>'request')::uuid, left(coalesce(said->>'url', ''), 80),
        (SELECT array_agg(DISTINCT c ORDER BY c) FROM taken t, unnest(t.children) c),
        coalesce(sum(number), 0),
        jsonb_agg(jsonb_strip_nulls(jsonb_build_object('table', place, 'did', did, 'rows', number,
            'ids', to_jsonb(ids), 'sha256', encode(digest, 'hex'), 'children_sha256', encode(members, 'hex'))))
    FROM taken HAVING count(*) > 0;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_only_grow_and_seal")]
    operations = [migrations.RunSQL(WRITE, migrations.RunSQL.noop)]
