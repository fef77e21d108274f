"""Scans of entries: one file per content, originals of proofs kept, nothing of a photo's place anywhere else."""

import io

import pytest
from PIL import Image

from approvals.errors import NotYourHand, Refused
from archives import scans
from archives.kinds import KINDS
from archives.models import ArchiveFile, Entry, EntryScan
from archives.periods import Period
from jianping_xueji.vault import ScanRefused, VaultError
from jianping_xueji.vault.files import load
from tests.archives.specimens import OF, filled
from tests.archives.test_entries import kept

SPRING = Period(2025, 2)
pytestmark = pytest.mark.django_db


def photo_with_place(shade="white") -> bytes:
    """A photograph that says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010E] = "41.40N 119.64E"
    out = io.BytesIO()
    Image.new("RGB", (60, 40), shade).save(out, "JPEG", exif=exif)
    return out.getvalue()


def entered(child, kind, by, *files):
    values = filled(kind, OF[kind])
    return scans.enter_one(KINDS[kind], SPRING, child, values, by=by, files=[(data, "照片.jpg") for data in files])


def test_a_proof_keeps_its_original_and_shows_a_clean_picture(pupil, people):
    data = photo_with_place()
    entry = entered(pupil, "award", people["teacher"], data)
    scan = entry.scans.get()
    file = scan.file
    key, place = bytes(pupil.wrapped_key), scans.place_of(pupil.pk)
    assert load(key, file.name, place, file.sha256) == data
    assert b"119.64E" in data and b"119.64E" not in scans.content_of(scan)


def test_an_illustration_keeps_the_clean_picture_alone(pupil, people):
    scan = entered(pupil, "growth", people["teacher"], photo_with_place()).scans.get()
    assert scan.file.name == "" and b"119.64E" not in scans.content_of(scan)


def test_the_same_content_is_one_file(pupil, people):
    data = photo_with_place()
    entered(pupil, "award", people["teacher"], data)
    entered(pupil, "evaluation", people["teacher"], data, data, photo_with_place("blue"))
    assert (ArchiveFile.objects.count(), EntryScan.objects.count()) == (2, 3)


def test_a_refused_file_keeps_nothing_of_the_entry(pupil, people):
    with pytest.raises(ScanRefused):
        entered(pupil, "award", people["teacher"], photo_with_place(), b"MZ no picture")
    assert not Entry.objects.exists() and not ArchiveFile.objects.exists()


def test_an_altered_file_is_not_shown(pupil, people, no1, child_at):
    scan = entered(pupil, "award", people["teacher"], photo_with_place()).scans.get()
    scan.file.preview_sha256 = "0" * 64
    with pytest.raises(VaultError):
        scans.content_of(scan)


def test_a_stranger_attaches_nothing(pupil, people):
    entry = entered(pupil, "award", people["teacher"])
    with pytest.raises(NotYourHand):
        scans.file_scans(entry, [(photo_with_place(), "照片.jpg")], by=people["headmaster"])


def test_what_stands_is_corrected_not_entered_again(pupil, people):
    kept(pupil, "evaluation", OF["evaluation"], people["teacher"])
    with pytest.raises(Refused, match="已登记过"):
        entered(pupil, "evaluation", people["teacher"])
