"""Scans of archive entries: known by the hash of their content, sealed under the child's key, kept once per child."""

from dataclasses import asdict

from django.db import transaction

from approvals.errors import NotYourHand, Refused
from approvals.services import lock_children
from jianping_xueji.vault.keeping import keep_scan, sha256_of, shown_scan
from law import clock, parameters
from students.models import Student

from .entries import NOT_YOURS, keep, keeps, newest_of, standing_of
from .kinds import KINDS, Kind, Values
from .models import ArchiveFile, Entry, EntryScan
from .periods import Period


def place_of(child_id: int) -> str:
    """A scan is bound to its child's archive, so that a file moved to another child cannot be opened."""
    return f"archive.{child_id}"


@transaction.atomic
def file_scans(entry: Entry, files: list[tuple[bytes, str]], *, by) -> list[EntryScan]:
    """Attach uploads to an entry, all or none. Raises ScanRefused with what to do, NotYourHand.

    A proof keeps its original; of what merely illustrates only the re-encoded picture stays. The same content handed
    in again for the child is the same file.
    """
    lock_children([entry.child_id])
    if not keeps(by, entry.child):
        raise NotYourHand(NOT_YOURS)
    kept = [file_of(entry.child, data, name, KINDS[entry.kind].proof, by) for data, name in files]
    EntryScan.objects.bulk_create(
        [EntryScan(entry=entry, file=file, by=by, filed_on=clock.today()) for file in kept], ignore_conflicts=True
    )
    return list(entry.scans.select_related("file"))


def file_of(child: Student, data: bytes, name: str, proof: bool, by) -> ArchiveFile:
    """The file with this content: the one the child has already, or a new one on disk."""
    known = ArchiveFile.objects.filter(child=child, sha256=sha256_of(data))
    found = (known.exclude(name="") if proof else known).first()
    if found:
        return found
    limit = parameters.on(clock.today())["scan.max_bytes"]
    key = bytes(child.wrapped_key)
    kept = keep_scan(key, place_of(child.pk), data, name, limit=limit, original=proof)
    return ArchiveFile.objects.create(child=child, uploaded_by=by, **asdict(kept))


def content_of(scan: EntryScan) -> bytes:
    """The picture to show. Raises VaultError when it is missing or altered."""
    file = scan.file
    return shown_scan(bytes(file.child.wrapped_key), place_of(file.child_id), file)


@transaction.atomic
def enter_one(kind: Kind, period: Period, child: Student, values: Values, *, by, files=()) -> Entry:
    """One new entry of one child with its scans, all or nothing.

    Raises NotYourHand, ScanRefused, Refused when the child has the entry already (it is corrected on its own page).
    """
    lock_children([child.pk])
    if not kind.many and standing_of([child.pk], kind, period).get(child.pk):
        raise Refused(f"{child.name}这一期的{kind.label}已登记过。请在档案页打开那条记录更正，不用重新登记。")
    plan = keep(kind, period, [(child, values)], school=child.school_id, by=by)
    if not plan.fresh:
        raise Refused(f"{child.name}已登记过相同的{kind.label}，没有重复登记。")
    entry = newest_of([child.pk], kind, period)[child.pk][-1]
    if files:
        file_scans(entry, list(files), by=by)
    return entry
