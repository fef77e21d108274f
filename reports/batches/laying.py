"""One part of a batch: read, hold against the fonts, lay out, keep the file. Nothing is registered yet."""

from collections.abc import Iterator

from django.db import transaction

from accounts.policies import Powers
from approvals.errors import Refused
from jianping_xueji.jobs import JobFailed, Run
from jianping_xueji.vault import files

from ..errors import NotPrintable
from ..fonts import require_fonts
from ..forms import FORMS, Form
from ..models import Print
from ..services import frame_of, new_record
from .chunks import chunks_of
from .merging import merged
from .models import FILE_PLACE, Batch, BatchPart
from .papers import Paper, papers_of, schools_open_to
from .services import carry_on

NOT_PRINTED = "有的表没有打印出来，原因见批量打印页面。"
DRAFTED = (
    "pk", "number", "token", "case_id", "child_id", "school_id", "subject", "short_code", "content_digest",
    "printed_at", "legal_date", "state_when_printed", "decision",
)  # fmt: skip


def lay_out_part(run: Run, part: BatchPart) -> None:
    """Lay the part out and start what comes next. Raises JobFailed when any of its papers cannot be printed."""
    batch = part.batch
    if batch.cancelled_at:
        raise JobFailed("这批打印已取消。")
    try:
        prints, pdf, left_out = laid_out(run, batch, part)
    except Refused as refusal:
        give_up(part, list(refusal.sentences))
        raise JobFailed(NOT_PRINTED) from refusal
    kept = files.store(batch.key, pdf, FILE_PLACE)
    with run.commit():
        part.seal_faults(left_out)
        part.prints = prints
        part.stored_name, part.sha256 = kept.name, kept.sha256
        part.save(update_fields=["prints", "stored_name", "sha256"])
        carry_on(batch)


def give_up(part: BatchPart, sentences: list[str]) -> None:
    """Say why, and let the next part begin: whoever corrects names wants to hear of all of them."""
    with transaction.atomic():
        part.seal_faults(sentences)
        carry_on(part.batch, ending=part)


def laid_out(run: Run, batch: Batch, part: BatchPart) -> tuple[list[dict], bytes, list[str]]:
    """The drafted rows, the checked file, and who was left out and why. Raises Refused with every fault at once."""
    require_fonts()
    form = FORMS[batch.form]
    papers, left_out = read(run, form, batch, part)
    records = [new_record(form, paper.case, paper.content, batch.requested_by, **paper.about) for paper in papers]
    pdf = merged(chunks_of(framed(run, form, batch, papers, records))) if papers else b""
    return [drafted(record) for record in records], pdf, left_out


def framed(run: Run, form: Form, batch: Batch, papers: list[Paper], records: list[Print]) -> Iterator:
    """Form and context of each paper, asked for one after the other: so far has the part come."""
    for number, (record, paper) in enumerate(zip(records, papers, strict=True), 1):
        yield form, frame_of(record, paper.content, batch.address_of)
        run.progress("排版", number, len(papers))


def read(run: Run, form: Form, batch: Batch, part: BatchPart) -> tuple[list[Paper], list[str]]:
    """The papers of the part, each one still open to whoever asked for the batch.

    Of whom there is no such paper (not decided yet, not in grade nine) is left out and named; a character that cannot
    be drawn stops the part.
    """
    open_to = schools_open_to(form, Powers.of(batch.requested_by))
    papers, left_out, faults = [], [], []
    for paper in papers_of(form, part.items):
        if isinstance(paper, NotPrintable):
            left_out += paper.sentences
        elif isinstance(paper, Refused):
            faults += paper.sentences
        elif not paper.school_ids & open_to:
            faults.append(f"您没有打印所选范围内《{form.title}》的权限（{form.article}）。")
        else:
            papers.append(paper)
        run.progress("读取", 0, len(part.items))
    if faults:
        raise Refused(*dict.fromkeys(faults))
    return papers, left_out


def drafted(record: Print) -> dict:
    """The row as it will be registered when the batch is bound; it holds no name and no number of a child."""
    row = {name: getattr(record, name) for name in DRAFTED}
    return row | {"printed_at": record.printed_at.isoformat(), "legal_date": record.legal_date.isoformat()}
