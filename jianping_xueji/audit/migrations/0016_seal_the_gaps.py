"""Sealing looks only where nothing is sealed yet, so that a long backlog costs a batch no more than a short one.

It used to walk over everything that was sealed in the last ten minutes, in each batch of a backlog once more.
"""

from django.db import migrations, models

from jianping_xueji.audit.canonical import LINE

SEAL = f"""
CREATE OR REPLACE FUNCTION audit_seal_batch(most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
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
        FROM (SELECT e.id, sha256(convert_to({LINE}, 'UTF8')) AS digest
              FROM unnest(int8multirange(int8range(lowest, NULL, '()')) - done) AS gap CROSS JOIN LATERAL (
                  SELECT * FROM audit_event WHERE id >= lower(gap) AND id < coalesce(upper(gap), 9223372036854775807)
                  ORDER BY id LIMIT most) e
              ORDER BY e.id LIMIT most) batch;
    IF many = 0 THEN RETURN 0; END IF;
    body := concat_ws('|', coalesce(last.height, 0) + 1, coalesce(last.hash, repeat('0', 64)),
        extract(epoch FROM moment)::text, sealed::text, many, encode(sha256(joined), 'hex'));
    INSERT INTO audit_seal (height, previous, at, members, number, hash, marks, top, floor, horizon)
    VALUES (coalesce(last.height, 0) + 1, coalesce(last.hash, repeat('0', 64)), moment, sealed::text, many,
        encode(sha256(convert_to(body, 'UTF8')), 'hex'), briefly, greatest(topmost, coalesce(last.top, 0)), lowest,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint);
    RETURN many;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0015_login_that_seals")]
    operations = [
        migrations.AddIndex("seal", models.Index(fields=["top"], name="audit_seal_top")),
        migrations.RunSQL(SEAL, migrations.RunSQL.noop),
    ]
