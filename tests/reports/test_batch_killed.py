"""A batch of prints whose worker is killed (kill -9) while it lays out a part: every page is there once in the end."""

import pytest

from accounts.roles import Role
from jianping_xueji.jobs import tasks
from jianping_xueji.jobs.models import Job
from reports.batches import services
from reports.batches.models import Batch
from reports.batches.papers import children_of
from reports.models import Print
from schools.models import School
from tests.county import class_of, make_school, staff_member
from tests.jobs import test_killed_worker as killing
from tests.jobs.test_killed_worker import broker, hire, kill, wait_until  # noqa: F401 — fixtures
from tests.reports.batches import begun, file_of
from tests.reports.conftest import pages_of
from tests.reports.texts import text_of

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
NAMES = [f"样例{letter}" for letter in "甲乙丙丁戊己庚辛"]


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A lease that a busy machine keeps alive; parts of four, so that eight children make two."""
    monkeypatch.setattr(killing, "LEASE_SECONDS", 8)
    monkeypatch.setattr(services, "PART", 4)


def at_work() -> bool:
    """A worker is in the middle of a part: begun, and its file is not kept yet."""
    parts = Job.objects.filter(kind="print.part", state=Job.State.RUNNING, phase="排版", done__gt=0)
    return parts.exists()


def test_every_page_exactly_once_although_the_worker_died(hire, bureau, child_at):  # noqa: F811
    junior = make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR)
    children = [child_at(junior, grade=9, name=name) for name in NAMES]
    worker = hire()
    by = staff_member(Role.REGISTRAR, junior)
    batch = begun("consistency_sheet", children_of(class_of(junior, 9)), by)
    wait_until(at_work, 120)
    kill(worker)
    assert not Print.objects.exists(), "nothing is registered before the file is whole"
    hire()

    def whole():
        tasks.sweep()
        return Batch.objects.get(pk=batch.pk).finished_at

    wait_until(whole, 240)
    batch = Batch.objects.get(pk=batch.pk)
    assert Job.objects.filter(kind="print.part", attempts=2).count() == 1, "one part was laid out again"
    said = text_of(file_of(batch))
    assert pages_of(file_of(batch)) == len(NAMES)
    for child in children:
        assert Print.objects.filter(child=child).count() == 1
    for record in Print.objects.all():
        assert said.count(record.number) == 1
