import time
from django.db import connection
from tests.crash.test_every_statement import *  # noqa
from tests.crash.test_every_statement import statement_of_all, everything, posted, Failing, taken_back, world, quiet, client_of, answer

def test_measure(world):
    t=time.time(); c=time.process_time()
    for _ in range(5): before=everything()
    print("everything", (time.time()-t)/5, (time.process_time()-c)/5, len(before))
    with connection.cursor() as cur:
        cur.execute("EXPLAIN (ANALYZE, TIMING OFF) " + statement_of_all())
        print(cur.fetchall()[-1])
        cur.execute("select relname, pg_relation_size(oid) from pg_class where relkind='r' order by 2 desc limit 12"); print(cur.fetchall())
    print(sorted(((v[0],k) for k,v in before.items()), reverse=True)[:12])
    sites, people = world
    tot=0
    for asked in posted():
        client = client_of(people.get(asked.role)); client.raise_request_exception=False
        with taken_back():
            f=Failing(10**6); t=time.time(); c=time.process_time()
            with connection.execute_wrapper(f):
                r = answer(client, asked.name, asked.method, sites["own"])
            t1=time.time()-t; c1=time.process_time()-c
            ch = everything()!=before
        print(asked, r.status_code, ch, f.count, round(t1,3), round(c1,3), flush=True)
        if ch: tot += f.count
    print("statements", tot)
