"""Web, worker, beat, broker and database die at random (kill -9) while the county works: nothing acknowledged is lost.

Everything is as the demo starts it, on a cluster and a broker of its own; leases and sweeps are those of a disturbed
night (seconds instead of half a minute). `bin/test --nightly tests/crash --kills 1000 --seed 3 -s` kills more often.
"""

import os
import random
import time
from collections import Counter

import pytest
from django.db import connections

from accounts.roles import Role
from jianping_xueji import jobs
from jianping_xueji.jobs.models import Job
from law import clock
from schools.models import School
from tests import invariants
from tests.county import LEGAL_DAY, class_of, make_school, papers_in_order, staff_member
from tests.crash.loads import ENDED, Approvals, Imports, Nights, Prints
from tests.crash.visitor import CUT_OFF, Visitor, patiently
from tests.own_servers import (
    APP,
    PATIENCE,
    Broker,
    Database,
    Staff,
    Web,
    is_embedded,
    moved_to,
    programs_of_brokers,
    wait_until,
)
from transfers.services import start_transfer

pytestmark = [pytest.mark.crash, pytest.mark.nightly, pytest.mark.django_db(transaction=True)]
BACK_WITHIN = 60
MOVERS = 10  # of each grade
GRADES = (2, 3, 4, 5)
QUIET = 180
LEAVERS = 6


class Servers:
    """Everything that runs, and the hand of chance that kills it."""

    def __init__(self, database: Database, folder, chance):
        self.database, self.chance = database, chance
        self.broker = Broker(programs_of_brokers()["embedded"], folder)
        self.broker.up()
        addresses = {"DATABASE_URL": database.url(APP), "REDIS_URL": self.broker.url}
        self.environment = os.environ | addresses | {
            "CELERY_BROKER_URL": self.broker.url, "NIGHT_FOLDER": str(folder), "LEGAL_DATE": f"{LEGAL_DAY}",
            "MEDIA_DIR": os.environ["MEDIA_DIR"], "CONN_MAX_AGE": "60",
        }  # fmt: skip
        self.web, self.staff = (
            Web(self.environment, folder),
            Staff("tests.supervision.night_app", self.environment, folder),
        )
        self.killed, self.back = Counter(), []

    def up(self):
        self.web.up()
        self.staff.up()

    def end(self):
        for each in (self.web, self.staff, self.broker):
            each.end()

    def kill_somebody(self):
        name = self.chance.choice(("web", "process of the web", "worker", "broker", "database"))
        victim = {"worker": self.staff, "broker": self.broker, "database": self.database}.get(name, self.web)
        if name == "process of the web":
            victim.kill_one_process(self.chance)
        else:
            victim.kill()
            victim.up()
        self.killed[name] += 1
        return name


def answers(visitor: Visitor) -> bool:
    """A page behind the sign-in, read from the database."""
    try:
        return visitor.once("/cases/")[0] == 200
    except CUT_OFF:
        return False


def is_back(visitor: Visitor, number) -> float:
    """Seconds until a page is shown and a job begun now has been done."""
    begun = time.monotonic()
    wait_until(lambda: answers(visitor), PATIENCE * 2, "a page")
    probe = patiently(lambda: jobs.start("reminders.write", {}, by=None, key=f"probe:{number}").pk)
    wait_until(lambda: patiently(lambda: Job.objects.get(pk=probe).state) == Job.State.DONE, PATIENCE * 2, "a job")
    return time.monotonic() - begun


@pytest.fixture
def chance(request):
    seed = request.config.getoption("--seed")
    print(f"\n--seed {seed} --kills {request.config.getoption('--kills')}")
    return random.Random(seed)


@pytest.fixture
def servers(transactional_db, tmp_path, chance, monkeypatch):
    if not is_embedded():
        pytest.skip("a cluster of its own is made with the embedded server's programs and roles")
    database = Database()
    database.up()
    database.fill()
    database.renew()
    with moved_to(database):
        everything = Servers(database, tmp_path, chance)
        monkeypatch.setenv("CELERY_BROKER_URL", everything.broker.url)
        yield everything
        everything.end()
    database.end()


@pytest.fixture
def loads(servers, bureau, no1, no2, child_at):
    """Forty transfers to decide, lists to import, a class to print, deadlines to check."""
    registrar, cases = staff_member(Role.REGISTRAR, no2), []
    for grade in GRADES:
        for n in range(MOVERS):
            child = child_at(no1, grade=grade, name=f"样例{chr(0x7532 + n)}{grade}")
            case = start_transfer(
                child, no2, by=registrar, ground="T4", grade=grade, to_class=class_of(no2, grade)
            )  # fmt: skip
            papers_in_order(case, registrar)
            cases.append(case)
    junior = make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR)
    leavers = [child_at(junior, grade=9, name=f"样例{n}") for n in "甲乙丙丁戊己"]
    address = servers.web.address
    return [
        Approvals(cases, address),
        Imports(staff_member(Role.REGISTRAR, no1), no1, address),
        Prints(staff_member(Role.REGISTRAR, junior), leavers, address),
        Nights(),
    ]


def quiet() -> bool:
    return not Job.objects.exclude(state__in=ENDED).exists()


def test_killed_at_random_while_the_county_works(servers, loads, chance, bureau, request):
    looker = Visitor(staff_member(Role.BUREAU_LEADER, bureau), servers.web.address)
    before = invariants.sizes()
    servers.up()
    wait_until(lambda: answers(looker), PATIENCE, "the first page")
    for load in loads:
        load.start()
    for number in range(request.config.getoption("--kills")):
        time.sleep(chance.uniform(0.2, 3))
        name = servers.kill_somebody()
        seconds = is_back(looker, number)
        servers.back.append((seconds, name))
        connections.close_all()
    for load in loads:
        load.stopped.set()
    for load in loads:
        load.join(PATIENCE * 2)
    wait_until(lambda: patiently(quiet), QUIET, "the end of all jobs")
    tell(servers, loads)
    judge(servers, loads, before)


def tell(servers, loads) -> None:
    """What happened, for whoever reads the run."""
    states = Counter(Job.objects.values_list("kind", "state"))
    for sentence in (
        f"killed {sum(servers.killed.values())}: {dict(servers.killed)}",
        f"back after at most {max(servers.back)[0]:.1f} s ({max(servers.back)[1]})",
        f"acknowledged { ({type(load).__name__: len(load.acknowledged) for load in loads}) }",
        f"cut off {sum(each.cut_off for load in loads for each in load.visitors())} requests",
        f"begun again {Job.objects.filter(attempts__gt=1).count()} jobs of {sum(states.values())}",
        f"failed {[(kind, n) for (kind, state), n in states.items() if state == Job.State.FAILED]}",
    ):
        print(sentence)


def judge(servers, loads, before) -> None:
    with clock.at(LEGAL_DAY):
        assert invariants.broken() == []
    wrong = [sentence for load in loads for sentence in (*load.wrong, *load.lost())]
    assert wrong == [], "\n".join(map(str, wrong))
    after = invariants.sizes()
    assert {name for name in before if after[name] < before[name]} == set(), "rows of the record are gone"
    assert max(servers.back)[0] <= BACK_WITHIN
    # That it was a trial at all: every load had its say, requests were cut off and jobs begun again.
    assert all(load.acknowledged for load in loads)
    assert sum(each.cut_off for load in loads for each in load.visitors()) > 0
    assert len(servers.killed) == 5 or sum(servers.killed.values()) < 30
    assert Job.objects.filter(attempts__gt=1).exists() or sum(servers.killed.values()) < 30
