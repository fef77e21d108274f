"""Printing a book: an open one as it stands today; a closed one from what was kept, once, its file for ever."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from jianping_xueji.vault import VaultError, files, new_child_key
from schools.models import School
from students.exporting.services import keep_trace

from ..batches.chunks import chunks_of
from ..batches.merging import merged
from ..errors import MissingGlyph, NotPrintable
from ..fonts import check_texts, require_fonts
from ..forms import FORMS
from ..models import Print
from ..services import Printed, frame_of, new_record, overtake
from . import frozen
from .kinds import BookKind
from .models import BookFile, BookPart
from .paper import count_of, decision_of, papers_of, title_of
from .reading import Reading, Scope

MOST_PAGES = 100  # a book beyond this is printed by a job
AAD = "book.file"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Laid:
    """A finished paper that nobody has registered yet."""

    record: Print
    pdf: bytes
    pages: int


def is_large(what: BookKind, lines: int) -> bool:
    return count_of(what, lines) > MOST_PAGES


def subject_of(what: BookKind, scope: Scope, school_name: str, section: str, part: BookPart | None) -> str:
    """Which book, as the genuineness page says it; a closed book overtakes earlier prints of the open one."""
    return f"{school_name}{scope.period.name}{title_of(what, part)}{section}"[:200]


def lay_out_book(
    what: BookKind,
    scope: Scope,
    reading: Reading,
    *,
    by,
    address_of: Callable[[str], str],
    section: str = "",
    part: BookPart | None = None,
    progress: Progress | None = None,
) -> Laid:
    """The PDF of a book and the row of its print, both not yet kept.

    Raises MissingGlyph naming every child, PrintingUnavailable, OutsideFetch, BadOutput.
    """
    require_fonts()
    refuse_missing_glyphs(reading)
    name = part.school_name if part else scope.school.name
    content = frozen.content_of(scope, what.kind.value, reading) | {"decision": decision_of(what, reading, part)}
    about = {"school": scope.school, "subject": subject_of(what, scope, name, section, part)}
    record = new_record(FORMS[what.form], None, content, by, **about)
    papers = (
        (FORMS[form], frame_of(record, content, address_of) | {"line": line})
        for form, content, line in papers_of(what, scope, reading, part)
    )
    pdf, pages = merged(chunks_of(told(papers, progress, len(reading.lines))))
    record.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    return Laid(record, pdf, pages)


def refuse_missing_glyphs(reading: Reading) -> None:
    """Every name that cannot be drawn, all told at once."""
    sentences = []
    for line in reading.lines:
        try:
            check_texts(line.cells, child=line.cells.get("name", ""))
        except MissingGlyph as missing:
            sentences += missing.sentences
    if sentences:
        raise MissingGlyph(dict.fromkeys(sentences))


def told(papers: Iterator, progress: Progress | None, total: int) -> Iterator:
    """The papers, asked for one after the other: so far has the book come."""
    for number, paper in enumerate(papers, 1):
        yield paper
        if progress:
            progress(min(number, total), total)


def print_open(
    what: BookKind,
    scope: Scope,
    reading: Reading,
    *,
    by,
    address_of: Callable[[str], str],
    keeper: School,
    section: str = "",
) -> Printed:
    """Print an open book, marked as not closed; registered like every print, with the trace of who has it.

    The caller has checked the right. `keeper`: the school that keeps the book today.
    """
    laid = lay_out_book(what, scope, reading, by=by, address_of=address_of, section=section)
    with transaction.atomic():
        register(laid)
        keep_trace(keeper, by, f"打印未结《{what.title}》{laid.record.number}")
    return Printed(laid.record, laid.pdf)


def register(laid: Laid) -> None:
    laid.record.save(force_insert=True)
    overtake(laid.record)


def lay_out_part(part: BookPart, *, by, address_of, progress: Progress | None = None) -> Laid:
    """The PDF of a closed book from what was kept. Raises NotPrintable when that is not what was closed."""
    try:
        reading, acts = frozen.reading_of(part)
        whole = frozen.is_whole(part)
    except VaultError as fault:
        raise NotPrintable(f"{part.number}的内容无法读取，未打印，请联系系统管理员。") from fault
    if not whole:
        raise NotPrintable(f"{part.number}的内容与结册时的摘要不符，未打印，请联系系统管理员。")
    scope = frozen.scope_of(part)
    return lay_out_book(part.what, scope, reading, by=by, address_of=address_of, part=part, progress=progress)


def keep_file(laid: Laid, *, by, part: BookPart | None = None) -> BookFile:
    """Register a finished book and keep its file. Who comes second gets the file of the first."""
    key = new_child_key()
    stored = files.store(key, laid.pdf, AAD)
    try:
        with transaction.atomic():
            register(laid)
            return BookFile.objects.create(
                part=part,
                record=laid.record,
                wrapped_key=key,
                name=stored.name,
                sha256=stored.sha256,
                size=stored.size,
                pages=laid.pages,
                made_by=by,
            )
    except IntegrityError:
        files.discard(stored.name)
        return BookFile.objects.get(part=part)


def print_closed(part: BookPart, *, by, address_of: Callable[[str], str], keeper: School) -> bytes:
    """The bytes of the one file of a closed book, made when it is not there yet, with the trace of who has it.

    Raises what `lay_out_part` does; VaultError when the file is missing or altered.
    """
    kept = BookFile.objects.filter(part=part).first()
    laid = None if kept else lay_out_part(part, by=by, address_of=address_of)
    with transaction.atomic():
        content = content_of_file(kept or keep_file(laid, by=by, part=part))
        keep_trace(keeper, by, f"打印《{part.title}》{part.number}")
    return content


def content_of_file(kept: BookFile) -> bytes:
    """The bytes as they were made. VaultError when the file is missing or altered."""
    return files.load(bytes(kept.wrapped_key), kept.name, AAD, kept.sha256)
