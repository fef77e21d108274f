"""The end of a batch: its parts become one file, and only now its prints are registered and former ones overtaken."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.policies import Powers
from jianping_xueji.jobs import Cancelled, JobFailed, LeaseLost, Run
from jianping_xueji.vault import VaultError, files
from jianping_xueji.vault.growing import growing
from students.models import Look, Student

from ..forms import FORMS, Form
from ..models import Print
from ..services import looks_at
from .merging import merge
from .models import FILE_PLACE, Batch
from .papers import power_over
from .services import locked, throw_away


def bind(run: Run, batch: Batch) -> None:
    """Merge, keep, register. Raises JobFailed for a batch given up meanwhile or a part the disk has lost."""
    parts = batch.all_parts
    try:
        with growing(batch.key, FILE_PLACE) as file:
            pages = merge(contents(run, batch), file)
    except ValueError as fault:
        raise JobFailed("所选范围内没有一份可以打印，原因见批量打印页面。") from fault
    try:
        keep(run, batch, file.stored, pages)
    except (JobFailed, Cancelled, LeaseLost):
        files.discard(file.stored.name)  # nothing points to it, and it may be large
        raise
    throw_away(parts)


def keep(run: Run, batch: Batch, stored: files.StoredFile, pages: int) -> None:
    """The transaction in which the batch has its file, and every print of it is registered."""
    with run.commit() as result:
        fresh = locked(batch)
        if fresh.cancelled_at:
            raise JobFailed("这批打印已取消。")
        register(fresh, [row for part in batch.all_parts for row in part.prints], stored.sha256)
        Batch.objects.filter(pk=batch.pk).update(
            stored_name=stored.name, sha256=stored.sha256, pages=pages, finished_at=timezone.now()
        )
        result["url"] = batch.get_absolute_url()


def contents(run: Run, batch: Batch) -> Iterable[bytes]:
    parts = batch.all_parts
    for number, part in enumerate(parts, 1):
        run.progress("合成", number, len(parts))
        try:
            content = files.load(batch.key, part.stored_name, FILE_PLACE, part.sha256)
        except VaultError as fault:
            raise JobFailed("保存的分段读不出来，请取消后重新打印。") from fault
        yield content


def register(batch: Batch, rows: list[dict], digest: str) -> None:
    """All prints of the batch in a few statements, and the looks their numbers are."""
    form = FORMS[batch.form]
    prints = [Print(form=form.code, printed_by=batch.requested_by, pdf_sha256=digest, **row) for row in rows]
    Print.objects.bulk_create(prints, batch_size=1000)
    overtake(form, prints)
    log_looks(form, batch, prints)


def overtake(form: Form, prints: list[Print]) -> None:
    """Former prints of the same form about the same child or case whose content differs are no longer current."""
    later = {(row.case_id, row.child_id): row for row in prints}
    former = Print.objects.standing().filter(form=form.code, pk__lt=max(row.pk for row in prints), blank=False)
    former = former.filter(child__in={row.child_id for row in prints}).exclude(pk__in=[row.pk for row in prints])
    overtaken = []
    for row in former:
        by = later.get((row.case_id, row.child_id))
        if by and row.pk < by.pk and row.content_digest != by.content_digest:
            row.superseded_by = by
            overtaken.append(row)
    Print.objects.bulk_update(overtaken, ["superseded_by"], batch_size=1000)


def log_looks(form: Form, batch: Batch, prints: list[Print]) -> None:
    """Numbers printed in full are looks at every child of the batch (第三十七条)."""
    powers = Powers.of(batch.requested_by)
    children = Student.objects.in_bulk({row.child_id for row in prints if row.child_id})
    held = {child.school_id: power_over(form, powers, child.school_id) for child in children.values()}
    looks = []
    for row in prints:
        if child := children.get(row.child_id):
            looks += looks_at(form, row, [child], held[child.school_id])
    Look.objects.bulk_create(looks, batch_size=1000)
