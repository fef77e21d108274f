"""What of a batch lies on the disk: the parts until it is bound, then one file, handed out whole or not at all."""

from pathlib import Path

import pytest
from django.urls import reverse

from accounts.roles import Role
from jianping_xueji.jobs.engine import execute
from jianping_xueji.jobs.models import Job
from jianping_xueji.vault.growing import PIECE
from reports.batches import binding, services
from reports.batches.models import Batch
from reports.batches.papers import children_of
from reports.models import Print
from schools.models import School
from tests.county import class_of, make_school, staff_member
from tests.reports.batches import begun, file_of, work

SHEET = "consistency_sheet"


@pytest.fixture(autouse=True)
def disk(settings, tmp_path, monkeypatch) -> Path:
    """A folder of its own; one paper a part."""
    settings.MEDIA_DIR = tmp_path / "media"
    monkeypatch.setattr(services, "PART", 1)
    return settings.MEDIA_DIR


@pytest.fixture
def registrar(bureau):
    return staff_member(Role.REGISTRAR, make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR))


@pytest.fixture
def laid(registrar, child_at) -> Batch:
    """A batch of two parts that are laid out and wait to be bound."""
    junior = School.objects.get(name__contains="第七初级中学")
    for name in ("张三", "李四"):
        child_at(junior, grade=9, name=name)
    batch = begun(SHEET, children_of(class_of(junior, 9)), registrar)
    while waiting := list(Job.objects.filter(kind="print.part", state=Job.State.QUEUED)):
        for job in waiting:
            execute(job.pk)
    return batch


def names_on(disk: Path) -> set[str]:
    return {path.name for path in disk.rglob("*") if path.is_file()}


def path_on(disk: Path, name: str) -> Path:
    return disk / name[:2] / name[2:4] / name


def bound(batch: Batch) -> Batch:
    work()
    return Batch.objects.get(pk=batch.pk)


def test_of_a_bound_batch_one_file_is_left(laid, disk):
    assert names_on(disk) == {part.stored_name for part in laid.parts.all()} and len(names_on(disk)) == 2
    batch = bound(laid)
    assert batch.state == Batch.State.DONE and names_on(disk) == {batch.stored_name}


def test_a_part_the_disk_has_lost_is_said_and_nothing_is_kept(laid, disk):
    first, last = laid.parts.all()
    path_on(disk, last.stored_name).unlink()
    assert bound(laid).state == Batch.State.FAILED
    assert "读不出来" in Job.objects.get(kind="print.bind").error
    assert names_on(disk) == {first.stored_name} and not Print.objects.exists()


@pytest.mark.parametrize("how", ["batch", "job"])
def test_who_gives_up_at_the_last_moment_leaves_nothing(laid, disk, monkeypatch, how):
    """Cancelled when the file is whole and nothing is registered yet."""
    keep = binding.keep

    def at_last(run, batch, stored, pages):
        assert stored.name in names_on(disk)
        if how == "batch":
            services.cancel(batch)
        else:
            Job.objects.filter(pk=run.job.pk).update(cancel_requested=True)
        keep(run, batch, stored, pages)

    monkeypatch.setattr(binding, "keep", at_last)
    parts = {part.stored_name for part in laid.parts.all()}
    assert bound(laid).state != Batch.State.DONE
    assert names_on(disk) <= parts and not Print.objects.exists()


@pytest.mark.parametrize(
    "spoil", [lambda raw: raw[:-1], lambda raw: raw[: len(raw) // 2] + b"?" + raw[len(raw) // 2 + 1 :]]
)
def test_a_damaged_file_is_not_handed_out_half(client, laid, disk, registrar, spoil):
    batch = bound(laid)
    address = reverse("reports:batch_file", args=[batch.pk])
    client.force_login(registrar)
    whole = client.get(address)
    assert whole.streaming and max(map(len, whole)) <= PIECE and file_of(batch).startswith(b"%PDF")
    path = path_on(disk, batch.stored_name)
    path.write_bytes(spoil(path.read_bytes()))
    answer = client.get(address, follow=True)
    assert answer.redirect_chain == [(batch.get_absolute_url(), 302)]
    assert "请重新打印" in answer.content.decode()
