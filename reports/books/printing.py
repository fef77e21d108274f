"""Printing a book: an open one as it stands today; a closed one from what was kept, once, its file for ever."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from jianping_xueji.vault import VaultError, files, new_child_key
from jianping_xueji.vault.growing import growing, pieces
from schools.models import School
from students.exporting.services import keep_trace

from ..batches.chunks import chunks_of
from ..batches.merging import Target, merge
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
    """A finished paper, its file on the disk under its own key, that nobody has registered yet."""

    record: Print
    key: bytes
    stored: files.StoredFile
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
    target: Target,
    *,
    by,
    address_of: Callable[[str], str],
    section: str = "",
    part: BookPart | None = None,
    progress: Progress | None = None,
) -> tuple[Print, int]:
    """Write the PDF of a book to `target`; the row of its print, not kept yet and without a digest, and its pages.

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
    return record, merge(chunks_of(told(papers, progress, len(reading.lines))), target)


def lay_out_kept(what: BookKind, scope: Scope, reading: Reading, **about) -> Laid:
    """A book that goes to the disk as it grows, whatever its length. Raises what `lay_out_book` does; VaultError."""
    key = new_child_key()
    with growing(key, AAD) as file:
        record, pages = lay_out_book(what, scope, reading, file, **about)
    record.pdf_sha256 = file.stored.sha256
    return Laid(record, key, file.stored, pages)


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
    target = io.BytesIO()
    record, _ = lay_out_book(what, scope, reading, target, by=by, address_of=address_of, section=section)
    record.pdf_sha256 = hashlib.sha256(target.getbuffer()).hexdigest()
    with transaction.atomic():
        register(record)
        keep_trace(keeper, by, f"打印未结《{what.title}》{record.number}")
    return Printed(record, target.getvalue())


def register(record: Print) -> None:
    record.save(force_insert=True)
    overtake(record)


def lay_out_part(part: BookPart, *, by, address_of, progress: Progress | None = None) -> Laid:
    """The file of a closed book from what was kept. Raises NotPrintable when that is not what was closed."""
    try:
        reading, acts = frozen.reading_of(part)
        whole = frozen.is_whole(part)
    except VaultError as fault:
        raise NotPrintable(f"{part.number}的内容无法读取，未打印，请联系系统管理员。") from fault
    if not whole:
        raise NotPrintable(f"{part.number}的内容与结册时的摘要不符，未打印，请联系系统管理员。")
    scope = frozen.scope_of(part)
    return lay_out_kept(part.what, scope, reading, by=by, address_of=address_of, part=part, progress=progress)


def keep_file(laid: Laid, *, by, part: BookPart | None = None) -> BookFile:
    """Register a finished book and keep its file. Who comes second gets the file of the first."""
    stored = laid.stored
    try:
        with transaction.atomic():
            register(laid.record)
            return BookFile.objects.create(
                part=part,
                record=laid.record,
                wrapped_key=laid.key,
                name=stored.name,
                sha256=stored.sha256,
                size=stored.size,
                pages=laid.pages,
                made_by=by,
            )
    except IntegrityError:
        files.discard(stored.name)
        return BookFile.objects.get(part=part)


def print_closed(part: BookPart, *, by, address_of: Callable[[str], str], keeper: School) -> Iterator[bytes]:
    """The one file of a closed book, made when it is not there yet, piece by piece, with the trace of who has it.

    Raises what `lay_out_part` does; VaultError when the file is missing or altered.
    """
    kept = BookFile.objects.filter(part=part).first()
    laid = None if kept else lay_out_part(part, by=by, address_of=address_of)
    with transaction.atomic():
        content = content_of_file(kept or keep_file(laid, by=by, part=part))
        keep_trace(keeper, by, f"打印《{part.title}》{part.number}")
    return content


def content_of_file(kept: BookFile) -> Iterator[bytes]:
    """The bytes as they were made, piece by piece. VaultError when the file is missing or altered."""
    return pieces(bytes(kept.wrapped_key), kept.name, AAD, kept.sha256)
