"""Worker, broker or database are killed in the middle of check, reminders and mails: nothing is lost, nothing doubled.

Real worker and beat, a PostgreSQL cluster of its own, the embedded broker and a real redis-server where there is one.
"""

import os
import re
import time
from datetime import date

import pytest
from django.db import OperationalError, connections

from accounts.models import User
from accounts.roles import Role
from approvals.countdown.engine import check_all
from approvals.services import perform
from jianping_xueji.jobs.models import Job, lease_time
from jianping_xueji.jobs.tasks import RING_AFTER
from law import clock
from law.models import Parameter
from supervision.models import Reminder
from supervision.reminders.writing import write_reminders
from tests.approvals.test_nightly_check import clean, nothing_remains, rows
from tests.leavers import leaver_maker
from tests.own_servers import APP, Broker, Database, Staff, is_embedded, moved_to, programs_of_brokers, wait_until

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
DAY = date(2026, 10, 12)
MOMENTS = ("check", "write", "mail")
ALL_DONE = {"deadlines.check", "reminders.write", "reminders.mail"}
WITHIN = 60  # seconds after the last restart


@pytest.fixture(scope="module")
def cluster():
    """Made once for the stories below."""
    if not is_embedded():
        pytest.skip("a cluster of its own is made with the embedded server's programs and roles")
    database = Database()
    database.up()
    database.fill()
    yield database
    database.end()


@pytest.fixture
def elsewhere(transactional_db, cluster):
    cluster.renew()
    with moved_to(cluster):
        yield cluster


@pytest.fixture
def busy(elsewhere, transfer, no1, no2, bureau, staff):
    """Leavers, a transfer and months that are not reported: things to check, people to tell, addresses to write to."""
    leaver = leaver_maker()
    for n in range(2):
        leaver(no1, name=f"样例{n}")
    for role, place in ((Role.HEADMASTER, no1), (Role.REGISTRAR, no1), (Role.BUREAU_CLERK, bureau)):
        staff(role, place)
    perform(transfer, "submit", by=staff(Role.REGISTRAR, no2))
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.cn")
    for code in ("reminder.quiet_from", "reminder.quiet_until"):  # from 0 to 0: never quiet
        Parameter.objects.update_or_create(code=code, starts=date(2026, 1, 1), defaults={"value": 0})
    return transfer


def wanted() -> tuple[list, list]:
    """The rows and the reminders of the night, as an undisturbed one writes them."""
    with clock.at(DAY), nothing_remains():
        clean(check_all(DAY))
        write_reminders(DAY)
        return rows(), told()


def told() -> list:
    return sorted(Reminder.objects.values_list("user__username", "on", "lines"), key=str)


def ended() -> bool:
    """Everything is done, asked on a fresh connection: the database may have been away."""
    connections.close_all()
    try:
        done = set(Job.objects.filter(state=Job.State.DONE).values_list("kind", flat=True))
        return done >= ALL_DONE and not Reminder.objects.filter(mailed_at=None).exists()
    except OperationalError:
        return False


def mailed(folder) -> list[str]:
    """The message ids of everything that left."""
    text = "".join(each.read_text() for each in (folder / "mails").glob("*.log"))
    return re.findall(r"^Message-ID: (\S+)$", text, re.M)


def environment(cluster, broker, folder) -> dict:
    addresses = {"DATABASE_URL": cluster.url(APP), "REDIS_URL": broker.url, "CELERY_BROKER_URL": broker.url}
    return os.environ | addresses | {"NIGHT_FOLDER": str(folder), "LEGAL_DATE": f"{DAY}"}


@pytest.fixture(params=["embedded", "redis-server"])
def broker(request, tmp_path):
    program = programs_of_brokers()[request.param]
    if program is None:
        pytest.skip("no redis-server on this machine")
    server = Broker(program, tmp_path)
    server.up()
    yield server
    server.end()


@pytest.fixture
def at_work(cluster, broker, tmp_path):
    people = Staff("tests.supervision.night_app", environment(cluster, broker, tmp_path), tmp_path)
    yield people
    people.end()


def test_what_a_dead_worker_held_is_taken_up_within_a_minute(settings):
    """Its lease runs out, and the next sweep rings; the story below has both shorter."""
    sweep = settings.CELERY_BEAT_SCHEDULE["sweep-jobs"]["schedule"]
    assert (lease_time() + sweep).total_seconds() <= 45 and sweep >= RING_AFTER


@pytest.mark.parametrize("killed", ["worker", "broker", "database"])
def test_killed_at_every_stage_of_the_night(busy, cluster, broker, at_work, tmp_path, killed):
    night = wanted()
    assert len({row[0] for row in night[0]}) >= 5 and len(night[1]) >= 3, night
    victim = {"worker": at_work, "broker": broker, "database": cluster}[killed]
    for moment in MOMENTS:
        (tmp_path / f"stop-{moment}").touch()
    at_work.up()
    for moment in MOMENTS:
        wait_until((tmp_path / f"here-{moment}").exists, told=moment)
        victim.kill()
        victim.up()
        restarted = time.monotonic()
        (tmp_path / f"go-{moment}").touch()
    wait_until(ended, WITHIN - (time.monotonic() - restarted), "the end of the night")
    assert (rows(), told()) == night
    ids = mailed(tmp_path)
    assert len(ids) == len(set(ids)) == len(night[1])
