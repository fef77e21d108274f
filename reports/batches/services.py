"""Starting, cancelling and taking up again a batch. Two parts are laid out at a time, so other jobs find a worker."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.policies import Powers
from approvals.errors import Refused
from jianping_xueji import vault
from jianping_xueji.jobs import services as jobs
from jianping_xueji.jobs.models import Job
from jianping_xueji.vault import files

from ..fonts import require_fonts
from ..forms import Form
from .models import Batch, BatchPart
from .papers import Item, schools_open_to

PART = 20
LANES = 2
MOST = 5000


class NoBatch(Refused):
    """There is nothing to print, or too much at once."""


def start(form: Form, items: list[Item], subject: str, *, by, site: str) -> Batch:
    """A batch of `items`, under way once the caller's transaction is committed.

    `site` is the address of this site without a path, under which the genuineness pages stand. Raises NoBatch when
    there is nothing or too much, PrintingUnavailable without fonts. Rights are asked of every paper when it is read.
    """
    require_fonts()
    if not items:
        raise NoBatch(f"所选范围内没有《{form.title}》可打印，请换一个范围。")
    if len(items) > MOST:
        raise NoBatch(f"所选范围有{len(items)}份，一次至多打印{MOST}份，请按学校或年级分次打印。")
    if not schools_open_to(form, Powers.of(by)):
        raise NoBatch(f"您没有打印《{form.title}》的权限（{form.article}）。")
    with transaction.atomic():
        batch = Batch.objects.create(
            form=form.code,
            subject=subject[:200],
            total=len(items),
            site=site.rstrip("/"),
            requested_by=by,
            wrapped_key=vault.new_child_key(),
        )
        cut = [items[at : at + PART] for at in range(0, len(items), PART)]
        BatchPart.objects.bulk_create(BatchPart(batch=batch, position=n, items=part) for n, part in enumerate(cut, 1))
        carry_on(batch)
    return batch


def carry_on(batch: Batch, *, ending: BatchPart | None = None) -> None:
    """Within the caller's transaction: start as many waiting parts as there are free lanes; the binding after the last.

    `ending` is a part whose job is about to end badly. The batch is locked, so that of two parts ending together one
    sees the other.
    """
    batch = locked(batch)
    if batch.cancelled_at or batch.finished_at:
        return
    parts = [part for part in batch.all_parts if not part.stored_name]
    if not parts:
        batch.binding = under_way("print.bind", {"batch": batch.pk}, batch)
        batch.save(update_fields=["binding"])
        return
    free = LANES - sum(part.at_work and part != ending for part in parts)
    for part in [part for part in parts if part.job is None][: max(free, 0)]:
        part.job = under_way("print.part", {"part": part.pk}, batch)
        part.save(update_fields=["job"])


def locked(batch: Batch) -> Batch:
    return Batch.objects.select_for_update().get(pk=batch.pk)


def under_way(kind: str, arguments: dict, batch: Batch) -> Job:
    """The one job for this, queued: begun now, or tried again when it had ended."""
    key = "/".join([kind, *map(str, arguments.values())])
    job = jobs.start(kind, arguments, by=batch.requested_by, key=key)
    return jobs.retry(job) if job.state in (Job.State.FAILED, Job.State.CANCELLED) else job


@transaction.atomic
def cancel(batch: Batch) -> None:
    """Give the batch up: no print of it is registered, what was laid out is thrown away. Nothing if it has ended."""
    batch = locked(batch)
    if batch.finished_at or batch.cancelled_at:
        return
    batch.cancelled_at = timezone.now()
    batch.save(update_fields=["cancelled_at"])
    for job in [part.job for part in batch.all_parts if part.at_work] + [batch.binding]:
        if job is not None:
            jobs.cancel(job)
    transaction.on_commit(partial(throw_away, batch.all_parts))


def throw_away(parts: list[BatchPart]) -> None:
    """The files of parts that have been bound, or never will be."""
    for part in parts:
        if part.stored_name:
            files.discard(part.stored_name)


@transaction.atomic
def take_up_again(batch: Batch) -> None:
    """Try once more what failed, e.g. after a name has been corrected; what is laid out already stays."""
    batch = locked(batch)
    if batch.state != Batch.State.FAILED:
        return
    batch.parts.filter(stored_name="").update(job=None, sealed_faults=None)
    carry_on(batch)
