"""The nightly check comes late, twice, in two places, or is killed half way: the rows are the same."""

import os
import random
import signal
import threading
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection, connections, transaction

from accounts.roles import Role
from approvals.countdown.engine import check_all
from approvals.models import Countdown
from approvals.services import perform
from jianping_xueji.jobs.engine import execute
from jianping_xueji.jobs.models import Job
from jianping_xueji.jobs.tasks import daily
from jianping_xueji.room import ROOM
from law import clock
from tests.county import LEGAL_DAY, hand_for
from tests.leavers import leaver_maker

# All but the key and the moment of the machine: every other column is a day of the law.
SAME = [f.attname for f in Countdown._meta.concrete_fields if f.name not in ("id", "found_at")]


def rows() -> list[tuple]:
    return sorted(Countdown.objects.values_list(*SAME), key=str)


def clean(tallies: dict) -> dict:
    assert not [code for code, tally in tallies.items() if "failed" in tally], tallies
    return tallies


@contextmanager
def nothing_remains():
    """What is done inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def busy(transfer, no1, no2, staff):
    """A county in which something is open under several deadlines: a transfer, leavers, training, calendar."""
    leaver = leaver_maker()
    for n in range(3):
        leaver(no1, name=f"样例{n}")
    perform(transfer, "submit", by=staff(Role.REGISTRAR, no2))
    return transfer


def lived(case, nights: set[int]) -> list[tuple]:
    """Thirty days in which two people sign, with a check on these nights; the rows of the last."""
    acts = {4: ("vouch", Role.HEADMASTER, "lead"), 9: ("review", Role.BUREAU_CLERK, "bureau")}
    for n in range(31):
        with clock.at(LEGAL_DAY + timedelta(days=n)):
            # The check comes first, shortly after midnight.
            if n in nights:
                clean(check_all(clock.today()))
            if n in acts:
                action, role, side = acts[n]
                perform(case, action, by=hand_for(case, role, side))
    return rows()


@pytest.mark.django_db
def test_nights_that_were_skipped_change_nothing(busy):
    with nothing_remains():
        every_night = lived(busy, set(range(31)))
    with nothing_remains():
        late = lived(busy, {0, 1, 2, 6, 7, 11, 30})
    assert every_night == late
    assert len({row[0] for row in every_night}) >= 5, every_night


@pytest.mark.django_db
def test_a_second_check_of_the_day_writes_nothing(busy):
    check_all(LEGAL_DAY)
    before, first = rows(), Countdown.objects.values_list("pk", "found_at")
    first = list(first)
    tallies = clean(check_all(LEGAL_DAY))
    assert rows() == before and list(Countdown.objects.values_list("pk", "found_at")) == first
    assert not any(tally["opened"] or tally["moved"] or tally["closed"] for tally in tallies.values())


@pytest.mark.django_db
def test_a_question_that_fails_leaves_the_others_checked(busy, monkeypatch):
    from law import deadline

    broken = deadline._declared["leavers.taken_over"]
    wrong = type(broken)(**{**vars(broken), "met": "SELECT no_such_column"})
    monkeypatch.setitem(deadline._declared, broken.code, wrong)
    tallies = check_all(LEGAL_DAY)
    assert tallies["leavers.taken_over"] == {"failed": "ProgrammingError"}
    assert Countdown.objects.filter(deadline="transfer.prereview_school").exists()


def memory() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW work_mem")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_a_night_has_memory_of_its_own_and_gives_it_back(busy):
    before, seen = memory(), set()
    clean(check_all(LEGAL_DAY, lambda done, total: seen.add(memory())))
    assert seen == {ROOM} and memory() == before != ROOM


@pytest.mark.django_db(transaction=True)
def test_a_night_that_is_given_up_has_written_nothing(busy):
    def given_up(done, total):
        if done == total - 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        check_all(LEGAL_DAY, given_up)
    assert rows() == []
    clean(check_all(LEGAL_DAY))
    assert rows()


def expected(day: date) -> list[tuple]:
    with nothing_remains():
        clean(check_all(day))
        return rows()


@pytest.mark.django_db(transaction=True)
def test_two_checks_at_once_write_the_rows_once(busy):
    wanted, start, faults = expected(LEGAL_DAY), threading.Barrier(4), []

    def night():
        try:
            start.wait()
            clean(check_all(LEGAL_DAY))
        except BaseException as fault:  # a thread's own failure must be seen
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=night) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults and rows() == wanted


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_it_has_done_nothing_or_all(busy):
    wanted, count = expected(LEGAL_DAY), statements_of_a_night()
    for n in [
        1,
        2,
        *random.Random(6).sample(range(3, count), 5),
        count - 2,
    ]:  # without the savepoint around the counted night
        assert killed_at(n) == signal.SIGKILL
        assert rows() == [], n
    clean(check_all(LEGAL_DAY))
    assert rows() == wanted


def statements_of_a_night() -> int:
    seen = 0

    def count(execute, *given):
        nonlocal seen
        seen += 1
        return execute(*given)

    with nothing_remains(), connection.execute_wrapper(count):
        check_all(LEGAL_DAY)
    return seen


def killed_at(n: int) -> int:
    """A process of its own begins the night and dies before its n-th statement; the signal that ended it."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        left = n

        def die(execute, *given):
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*given)

        try:
            with connection.execute_wrapper(die):
                check_all(LEGAL_DAY)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) * -1


@pytest.mark.django_db
def test_beat_rings_by_the_hour_and_there_is_one_job_a_day(busy):
    first, second = daily("deadlines.check"), daily("deadlines.check")
    assert first == second and Job.objects.filter(kind="deadlines.check").count() == 1
    assert execute(first) == Job.State.DONE
    assert Job.objects.get(pk=first).result["failed"] == [] and rows()
    assert daily("deadlines.check") == first
    assert daily("problems.detect") != first


def test_the_schedule_names_tasks_and_jobs_that_exist(settings):
    from celery import current_app

    from jianping_xueji.jobs.registry import handler_of

    current_app.loader.import_default_modules()  # as a worker does when it starts
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks
        for kind in entry.get("args", ()):
            assert handler_of(kind).label
