"""kill -9 of the worker while a school's list is read or written, two lists at once, edits meanwhile.

Nothing has happened before everything has, and the next worker does it once.
"""

import os
import time
from random import Random

import pytest
from django.db import connection, connections, transaction

from accounts.roles import Role
from jianping_xueji.jobs import Cancelled, tasks
from jianping_xueji.jobs.models import Job
from law import clock
from students.importing import service
from students.models import FamilyMember, ImportFile, Registration, Student, StudentNumber
from tests import invariants
from tests.county import LEGAL_DAY, staff_member
from tests.importing import digest_of_records, registered
from tests.killing import begun, ended, killed_after, silent_too_long, worked_in_a_process
from tests.workbooks import pupil, workbook

pytestmark = pytest.mark.django_db(transaction=True)


def job_of(file: ImportFile) -> Job:
    return Job.objects.get(pk=ImportFile.objects.get(pk=file.pk).job_id)


def uploaded(data: bytes, school) -> ImportFile:
    with clock.at(LEGAL_DAY):
        return service.upload(data, "名册.xlsx", school, staff_member(Role.REGISTRAR, school))


def read(data: bytes, school) -> ImportFile:
    """Uploaded, and read by a worker that lived."""
    file = uploaded(data, school)
    assert ended(begun(job_of(file))) == 0
    return ImportFile.objects.get(pk=file.pk)


def confirmed(file: ImportFile) -> Job:
    with clock.at(LEGAL_DAY):
        return job_of(service.ask_to_commit(file, file.uploaded_by, accept_warnings=True, only_good=False))


def somebody_waits_for_a_lock() -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        for _ in range(600):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.1)
    raise AssertionError("nobody waits")


def deaths_of(job: Job, positions, untouched) -> int:
    """Worker after worker killed before a later statement, until one comes to its end; how many died."""
    for deaths, position in enumerate(positions):
        if not worked_in_a_process(job, position):
            return deaths
        untouched()
        silent_too_long(job)
    raise AssertionError("no worker came to its end")


def test_a_worker_killed_before_any_statement_leaves_nothing_and_the_next_one_does_it_once(no1):
    file = uploaded(workbook([pupil(n) for n in range(20)]), no1)

    def nothing_written():
        assert not (Student.objects.exists() or StudentNumber.objects.exists() or Registration.objects.exists())
        assert ImportFile.objects.get().state in ("reading", "parsed")

    assert deaths_of(job_of(file), range(3, 200, 4), nothing_written) > 2
    file.refresh_from_db()
    assert (file.state, file.counts["create"]) == ("parsed", 20)

    job = confirmed(file)
    assert deaths_of(job, range(3, 400, 5), nothing_written) > 5
    file.refresh_from_db()
    assert (file.state, job_of(file).state, file.registration.entries.count()) == ("committed", "done", 20)
    assert Student.objects.count() == StudentNumber.objects.count() == FamilyMember.objects.count() == 20
    with clock.at(LEGAL_DAY):
        assert invariants.broken() == []
        assert tasks.run(job.pk) is None, "a finished job is not done again"


def test_a_worker_killed_at_any_moment(no1):
    """Inside COPY, inside the reader's process, between two statements: wherever chance has it."""
    rng = Random(7)
    file, before = uploaded(workbook([pupil(n) for n in range(120)]), no1), digest_of_records()
    for ask in (job_of, confirmed):
        job = ask(file)
        for _ in range(6):
            if not killed_after(job, rng.uniform(0.1, 1.5)):
                break
            assert digest_of_records() == before
            silent_too_long(job)
        else:
            assert ended(begun(job)) == 0
        file.refresh_from_db()
    assert Student.objects.count() == Registration.objects.get().entries.count() == 120
    with clock.at(LEGAL_DAY):
        assert invariants.broken() == []


def test_two_lists_with_the_same_children_at_once(no1):
    """One of them writes, the other one sees that the records have moved, and writes the rest when asked again."""
    first = read(workbook([pupil(n) for n in range(30)]), no1)
    second = read(workbook([pupil(n) for n in range(20, 50)]), no1)
    jobs = [confirmed(first), confirmed(second)]
    codes = [ended(worker) for worker in [begun(job) for job in jobs]]
    assert sorted(codes) == [0, 3]
    late = second if codes[0] == 0 else first
    late.refresh_from_db()
    assert late.state == "parsed" and (late.counts["create"], late.counts["unchanged"]) == (20, 10)
    assert "有变化" in job_of(late).error
    assert ended(begun(confirmed(late))) == 0
    assert Student.objects.count() == StudentNumber.objects.filter(kind="id").count() == 50
    with clock.at(LEGAL_DAY):
        assert invariants.broken() == []


def test_somebody_edits_a_child_while_the_list_is_written(no1):
    """The list names the telephone, the editor the talents: each keeps what it wrote, whoever comes first."""
    with clock.at(LEGAL_DAY):
        registered(workbook([pupil(n) for n in range(3)]), no1)
    file = read(workbook([pupil(n, phone="13911111111") for n in range(3)]), no1)
    assert file.counts["update"] == 3
    job, child = confirmed(file), Student.objects.order_by("pk")[1]
    held, go = os.pipe(), os.pipe()
    connections.close_all()
    editor = os.fork()
    if editor == 0:
        with transaction.atomic():
            Student.objects.select_for_update().get(pk=child.pk)
            os.write(held[1], b"1")
            os.read(go[0], 1)
            Student.objects.filter(pk=child.pk).update(talents="围棋")
        os._exit(0)
    os.read(held[0], 1)
    worker = begun(job)
    somebody_waits_for_a_lock()
    os.write(go[1], b"1")
    assert ended(editor) == ended(worker) == 0
    child.refresh_from_db()
    assert (child.talents, child.phone) == ("围棋", "13911111111")
    assert set(Student.objects.values_list("phone", flat=True)) == {"13911111111"}
    with clock.at(LEGAL_DAY):
        assert invariants.broken() == []


def test_an_edit_between_preview_and_confirmation_is_shown_again(no1):
    with clock.at(LEGAL_DAY):
        registered(workbook([pupil(n) for n in range(3)]), no1)
    file = read(workbook([pupil(n, phone="13911111111") for n in range(3)]), no1)
    Student.objects.filter(pk=Student.objects.first().pk).update(phone="13911111111")
    before = digest_of_records()
    job = confirmed(file)
    assert ended(begun(job)) == 3 and digest_of_records() == before
    file.refresh_from_db()
    assert (file.state, file.counts["update"], file.counts["unchanged"]) == ("parsed", 2, 1)
    assert ended(begun(confirmed(file))) == 0
    assert set(Student.objects.values_list("phone", flat=True)) == {"13911111111"}


def test_the_bar_counts_rows_and_giving_up_while_rows_are_written_leaves_none(no1, monkeypatch):
    monkeypatch.setattr("students.importing.writing.TOLD_EVERY", 10)
    file, before, heard = read(workbook([pupil(n) for n in range(30)]), no1), digest_of_records(), []

    def tell(phase, done, total):
        heard.append((phase, done, total))
        if (phase, done) == ("写入", 20):
            raise Cancelled

    with clock.at(LEGAL_DAY):
        parsed = service.read(file.content(), no1)
        with pytest.raises(Cancelled):
            service.commit(file, parsed, by=file.uploaded_by, accept_warnings=True, tell=tell)
    assert heard == [(phase, done, 30) for phase in ("比对", "写入") for done in (0, 10, 20)]
    assert digest_of_records() == before and not Student.objects.exists()
