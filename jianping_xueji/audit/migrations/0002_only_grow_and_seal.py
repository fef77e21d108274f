"""What the models cannot say: who may insert what, how changes become events, how events are sealed."""

from django.db import migrations

from jianping_xueji.audit.canonical import LINE
from jianping_xueji.audit.guards import insert_only

# What a page may say of itself; number, time and role are the database's own.
SAID = "kind, actor, account, address, request, view, about, words, result, reason, children, number"

DEFAULTS = """
ALTER TABLE audit_event
    ALTER COLUMN at SET DEFAULT clock_timestamp(),
    ALTER COLUMN account SET DEFAULT '', ALTER COLUMN address SET DEFAULT '', ALTER COLUMN view SET DEFAULT '',
    ALTER COLUMN about SET DEFAULT '{}', ALTER COLUMN words SET DEFAULT '{}', ALTER COLUMN reason SET DEFAULT '',
    ALTER COLUMN number SET DEFAULT 0,
    ALTER COLUMN db_role SET DEFAULT session_user,
    ALTER COLUMN program SET DEFAULT left(current_setting('application_name', true), 64);
"""

GRANTS = f"""
DO $$ DECLARE other name; BEGIN
    FOR other IN SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
        WHERE g.table_name = 'audit_event' AND g.grantee NOT IN (current_user, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE INSERT ON audit_event, audit_seal FROM %I', other);
        EXECUTE format('REVOKE ALL ON audit_bell FROM %I', other);
        EXECUTE format('GRANT INSERT ({SAID}) ON audit_event TO %I', other);
        EXECUTE format('GRANT EXECUTE ON FUNCTION audit_seal_batch(integer) TO %I', other);
    END LOOP;
END $$;
"""

# The notes of transactions under way; none is left when a transaction has ended, so nothing is lost with the log.
BELL = """
CREATE UNLOGGED TABLE audit_bell (
    xid xid8 NOT NULL, place text NOT NULL, did text NOT NULL, number integer NOT NULL,
    ids text[], digest bytea, children bigint[]
);
CREATE INDEX audit_bell_xid ON audit_bell (xid);
CREATE FUNCTION audit_write_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
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
            'ids', to_jsonb(ids), 'sha256', encode(digest, 'hex'))))
    FROM taken HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit_ring AFTER INSERT ON audit_bell DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_write_change();
ALTER TABLE audit_bell ENABLE ALWAYS TRIGGER audit_ring;
"""

# Members are named one by one (as ranges), so it does not matter in which order transactions commit. `floor`: every
# event up to it is sealed or will never come, because the transactions that may have drawn its number have ended.
SEAL = f"""
CREATE FUNCTION audit_seal_batch(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    last audit_seal; lowest bigint; done int8multirange; sealed int8multirange; many integer; topmost bigint;
    joined bytea; briefly bytea; body text; moment timestamptz := clock_timestamp();
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_seal'));
    SELECT * INTO last FROM audit_seal ORDER BY height DESC LIMIT 1;
    lowest := coalesce((SELECT top FROM audit_seal WHERE at < moment - interval '10 minutes'
        AND horizon <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY height DESC LIMIT 1), 0);
    lowest := greatest(lowest, coalesce(last.floor, 0));
    SELECT coalesce(range_agg(members::int8multirange), '{{}}') INTO done
        FROM audit_seal WHERE top > lowest AND upper(members::int8multirange) > lowest;
    SELECT count(*), range_agg(int8range(id, id, '[]')), max(id), string_agg(digest, ''::bytea ORDER BY id),
            string_agg(substr(digest, 1, 8), ''::bytea ORDER BY id)
        INTO many, sealed, topmost, joined, briefly
        FROM (SELECT e.id, sha256(convert_to({LINE}, 'UTF8')) AS digest FROM audit_event e
              WHERE e.id > lowest AND NOT done @> e.id ORDER BY e.id LIMIT most) batch;
    IF many = 0 THEN RETURN 0; END IF;
    body := concat_ws('|', coalesce(last.height, 0) + 1, coalesce(last.hash, repeat('0', 64)),
        extract(epoch FROM moment)::text, sealed::text, many, encode(sha256(joined), 'hex'));
    INSERT INTO audit_seal (height, previous, at, members, number, hash, marks, top, floor, horizon)
    VALUES (coalesce(last.height, 0) + 1, coalesce(last.hash, repeat('0', 64)), moment, sealed::text, many,
        encode(sha256(convert_to(body, 'UTF8')), 'hex'), briefly, greatest(topmost, coalesce(last.top, 0)), lowest,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint);
    RETURN many;
END $$;
REVOKE EXECUTE ON FUNCTION audit_seal_batch(integer) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        insert_only("audit_event"),
        insert_only("audit_seal"),
        insert_only("audit_anchor"),
        migrations.RunSQL(
            BELL,
            "DROP TABLE audit_bell; DROP FUNCTION audit_write_change();",
        ),
        migrations.RunSQL(SEAL, "DROP FUNCTION audit_seal_batch(integer)"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
