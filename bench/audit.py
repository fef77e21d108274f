"""The audit at half a million events, or at ten: sealing them, verifying them, and the pages that answer from them.

Limits, in the same run: sealing, the same events hashed by one bare statement a batch; verifying, every line read once
and hashed; pages, the same rows by SQL written by hand,
the same template, and the look written down. Sealing late in the chain is held against
sealing early, verifying against its own memory, and no page may walk over all events.
Run: bin/bench audit, or BENCH_EVENTS=10000000 bin/bench audit
"""

import hashlib
import os
import sys
import time

from clone import scratch_database
from measuring import Ratio, compare, conclude, seconds_of
from watching import in_a_process

EVENTS = int(os.environ.get("BENCH_EVENTS") or 500_000)
CHILDREN, DAYS, PIECE, BATCH = 60_000, 400, 250_000, 10_000
SEALING, GROWTH, VERIFYING, PAGES, MEGABYTES = 2.0, 1.3, 3.0, 4.0, 250
AT_EACH_END, TIMES, WARM_UP = 15, 30, 4

# What a county writes down: mostly looks at one child, lists of twenty, changes, now and then a paper or a file.
FILL = """
INSERT INTO audit_event
    (kind, actor, account, at, address, request, view, about, words, result, children, number, touched)
SELECT CASE WHEN k < 72 THEN 'read' WHEN k < 77 THEN 'search' WHEN k < 95 THEN 'change' WHEN k < 97 THEN 'print'
        WHEN k = 97 THEN CASE WHEN i %% 1000 = 97 THEN 'export' ELSE 'refused' END ELSE 'enter' END,
    a.actor, 'zhang' || a.actor, now() - make_interval(secs => (%(events)s - i) * %(days)s * 86400.0 / %(events)s),
    '10.1.2.' || i %% 250, gen_random_uuid(), CASE WHEN k < 62 THEN 'students:child' ELSE 'students:list' END,
    CASE WHEN k < 62 THEN jsonb_build_object('slug', left(md5(child::text), 10)) ELSE '{}' END,
    CASE WHEN k BETWEEN 72 AND 76 THEN ARRAY[left(md5(i::text), 24)] ELSE '{}' END, 200,
    CASE WHEN k < 62 OR k BETWEEN 77 AND 96 THEN ARRAY[child]
        WHEN k < 72 THEN (SELECT array_agg(child + n) FROM generate_series(0, 19) n)
        WHEN i %% 1000 = 97 THEN (SELECT array_agg(child + n * 7) FROM generate_series(0, 199) n) END,
    CASE WHEN k BETWEEN 62 AND 71 THEN 20 ELSE 1 END,
    CASE WHEN k BETWEEN 77 AND 94 THEN jsonb_build_array(jsonb_build_object(
        'table', 'students_student', 'did', 'update', 'rows', 1, 'ids', jsonb_build_array(child::text),
        'sha256', md5(i::text) || md5(child::text))) END
FROM generate_series(%(first)s::int8, %(last)s::int8) i,
    LATERAL (SELECT i %% 100 AS k, %(child)s + (hashint8(i)::int8 & 2147483647) %% %(children)s AS child) c,
    LATERAL (SELECT (%(people)s::int8[])[1 + (hashint8(-i)::int8 & 2147483647)
        %% cardinality(%(people)s::int8[])] AS actor) a
"""
INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_event' AND indexname <> 'audit_event_pkey'"
)
OF_CHILD = "SELECT * FROM audit_event WHERE children @> ARRAY[%(child)s::int8] {more} ORDER BY id + 0 DESC LIMIT 51"
OF_ACCOUNT = "SELECT * FROM audit_event WHERE actor = %(actor)s {more} ORDER BY id DESC LIMIT 51"
# No page may show a child without writing it down.
LOOKED_AT = (
    "INSERT INTO audit_event (kind, actor, view, children) VALUES ('read', %(actor)s, 'bare', ARRAY[%(child)s::int8])"
)
COUNTED = "SELECT count(*) FROM (SELECT 1 FROM audit_event WHERE {where} LIMIT 10001) x"
ON_PAPER = "AND kind IN ('export', 'print')"


def fill(owner, first_child: int, people: list[int]) -> None:
    """The events in the order of their time; the indexes are built afterwards, as they are in the end."""
    for table in ("audit_event", "audit_seal"):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(f"TRUNCATE {table}")  # what the seeding did just now would come before all these
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    indexes = owner.execute(INDEXES).fetchall()
    for name, _ in indexes:
        owner.execute(f"DROP INDEX {name}")
    known = {"events": EVENTS, "days": DAYS, "children": CHILDREN, "child": first_child, "people": people}
    for first in range(1, EVENTS + 1, PIECE):
        owner.execute(FILL, known | {"first": first, "last": min(first + PIECE - 1, EVENTS)})
    for _, statement in indexes:
        owner.execute(statement)
    owner.execute("VACUUM ANALYZE audit_event")


def sealing(owner) -> list[Ratio]:
    """A batch early in the chain and a batch late in it, each against hashing as many events in one statement."""
    from jianping_xueji.audit.canonical import LINE
    from jianping_xueji.audit.sealing import sealer

    bare = f"""SELECT sha256(string_agg(d, ''::bytea ORDER BY id)), string_agg(substr(d, 1, 8), ''::bytea ORDER BY id)
        FROM (SELECT id, sha256(convert_to({LINE}, 'UTF8')) AS d FROM audit_event e
            WHERE id > %s ORDER BY id LIMIT %s) x"""
    with sealer() as connected:

        def batch() -> int:
            return connected.execute("SELECT audit_seal_batch(%s)", [BATCH]).fetchone()[0]

        def end(name: str) -> Ratio:
            def hashed():
                (top,) = owner.execute("SELECT coalesce(max(top), 0) FROM audit_seal").fetchone()
                owner.execute(bare, [top - BATCH, BATCH]).fetchone()

            return compare(name, batch, hashed, allowed=SEALING, times=AT_EACH_END, warm_up=1)

        early = end("封存一批（一万条），链的开头")
        left = EVENTS // BATCH - 2 * (AT_EACH_END + 2)
        took = seconds_of(lambda: [batch() for _ in range(left)])
        print(f"其余{left}批：{took:.1f} 秒，每万条 {took / max(left, 1) * 1000:.0f} 毫秒")
        late = end("封存一批（一万条），链的末尾")
        while batch():
            pass
    # Each against its own bare statement: the machine may be busier at one end than at the other.
    growth = round(late.ratio / early.ratio, 2)
    return [early, late, Ratio("一批在末尾比在开头", growth, GROWTH, late.ours_ms, early.ours_ms, AT_EACH_END)]


def verified() -> float:
    from django.core.management import call_command

    return seconds_of(lambda: call_command("verify_audit"))


def read_and_hashed() -> float:
    """The least a verifier can do: every line once."""
    from jianping_xueji.audit.exporting import event_lines

    def work():
        for line in event_lines():
            hashlib.sha256(line.encode()).digest()

    return seconds_of(work)


def verifying() -> list[Ratio]:
    least, _ = in_a_process(read_and_hashed)
    took, megabytes = in_a_process(verified)
    return [
        Ratio("核验全链", round(took / least, 2), VERIFYING, took * 1000, least * 1000, 1),
        Ratio(f"核验的内存（{megabytes:.0f} MB）", round(megabytes / MEGABYTES, 2), 1.0, megabytes, MEGABYTES, 1),
    ]


def anchored_daily(owner) -> None:
    """As if it had been sealed and anchored day by day: an anchor for each day, at the last seal before it."""
    owner.execute(
        """INSERT INTO audit_anchor ("on", made_at, height, events, hash, sm3, file)
           SELECT d::date, d, coalesce(
               (SELECT max(s.height) FROM audit_seal s JOIN audit_event e ON e.id = s.top WHERE e.at < d), 0),
               0, '', '', '' FROM generate_series(now() - interval '60 days', now(), interval '1 day') d"""
    )


def pages(bare, child, person) -> list[Ratio]:
    from django.urls import reverse
    from pages import Visitor

    auditor = Visitor("jyj_auditor", bare)
    given = {"child": child.pk, "actor": person.pk}
    asked = [
        ("谁看过这名学生", "trail_child", child.slug, OF_CHILD, "children @> ARRAY[%(child)s::int8]", ""),
        ("哪些文件里有这名学生", "trail_files", child.slug, OF_CHILD, "children @> ARRAY[%(child)s::int8]", ON_PAPER),
        ("这个账号看过什么", "trail_account", person.pk, OF_ACCOUNT, "actor = %(actor)s", ""),
    ]
    return [
        page(auditor, bare, given, name, reverse(f"supervision:{view}", args=[key]), sql, where, more)
        for name, view, key, sql, where, more in asked
    ]


def page(auditor, bare, given, name, address, sql, where, more) -> Ratio:
    draw, context = auditor.drawn("supervision.views.trail", address)
    rows, count = sql.format(more=more), COUNTED.format(where=f"{where} {more}")

    def limit():
        found = [row[0] for row in bare.execute(rows, given).fetchall()[:50]]
        (counted,) = bare.execute(count, given).fetchone()
        draw()
        bare.execute(LOOKED_AT, given)
        return found, counted

    # The look of a moment ago is among the rows of now.
    assert set(limit()[0]) & {event.pk for event in context["rows"]}, name
    told = f"{name}（{context['count']}条）"
    return compare(told, lambda: auditor.open(address), limit, allowed=PAGES, times=TIMES, warm_up=WARM_UP)


def walks(child, person) -> list[str]:
    """Questions of the pages, the front page and the alarms included, whose plan walks over all events."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse
    from pages import Visitor

    from jianping_xueji.audit.sealing import unsealed_for
    from supervision.trail import reading_rate

    auditor, found = Visitor("jyj_auditor", None), []
    addresses = [
        reverse("supervision:trail"),
        *(reverse(f"supervision:trail_{n}", args=[child.slug]) for n in ("child", "files")),
    ]
    with CaptureQueriesContext(connection) as asked:
        for address in [*addresses, reverse("supervision:trail_account", args=[person.pk])]:
            begun = time.perf_counter()
            auditor.open(address)
            print(f"{address.split('/')[1:3]}：{(time.perf_counter() - begun) * 1000:.0f} 毫秒")
        unsealed_for()
        reading_rate.tell()
    with connection.cursor() as cursor:
        for each in {query["sql"] for query in asked if "audit_event" in query["sql"]}:
            if not each.lstrip().startswith(("SELECT", "WITH")):
                continue  # the looks themselves being written down
            cursor.execute(f"EXPLAIN {each}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            if "Seq Scan on audit_event" in plan or ("@>" in each and "audit_event_pkey" in plan):
                found.append(f"{each[:300]}\n{plan}")
    return found


def measure(owner, bare) -> list[Ratio]:
    from django.db.models import F, Func

    from accounts.models import User
    from jianping_xueji.audit.models import Event
    from students.models import Student

    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    first = Student.objects.order_by("pk").first().pk
    print(f"写下{EVENTS}条：{seconds_of(lambda: fill(owner, first, people)):.0f} 秒")
    papers = Event.objects.filter(kind__in=["export", "print"]).annotate(child=Func(F("children"), function="unnest"))
    child = Student.objects.filter(status="enrolled", pk__in=set(papers.values_list("child", flat=True))).first()
    person = User.objects.get(username="s1_registrar")
    ratios = []
    for part in (lambda: sealing(owner), verifying, lambda: anchored_daily(owner) or pages(bare, child, person)):
        ratios += part()
        print(*ratios, sep="\n", flush=True)
    for walk in (found := walks(child, person)):
        print(walk)
    return [*ratios, Ratio("走遍全表的查询", float(len(found)), 0.0, 0, 0, 1)]


def main() -> int:
    os.environ["COLLECTED_STATIC"] = "0"
    with scratch_database() as owner_url:
        import psycopg
        from django.conf import settings

        from reports.seeding.county import seed_size

        seed_size(600, 6)
        with (
            psycopg.connect(owner_url, autocommit=True) as owner,
            psycopg.connect(settings.DATABASE_URL, autocommit=True) as bare,
        ):
            return conclude("audit", measure(owner, bare), part=f"{EVENTS}", events=EVENTS, children=CHILDREN)


if __name__ == "__main__":
    sys.exit(main())
