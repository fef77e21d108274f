"""An evidence pack and the paper that left the printer: all of it is listed, and its README says what is inside."""

import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import pytest

from accounts.roles import Role
from archives.evidence import packing
from archives.evidence.collecting import scope_of
from archives.models import EvidencePack
from reports.evidence.prints import prints_of
from reports.models import Print
from tests.archives.test_evidence_pack import made
from tests.county import LEGAL_DAY, staff_member, walk

MANY = 2050  # more than were ever listed: once the list ended silently at two thousand


@pytest.fixture
def registrar(no2):
    return staff_member(Role.REGISTRAR, no2)


@pytest.fixture
def case(transfer):
    return walk(transfer)


@pytest.fixture
def unpacked(case, registrar, tmp_path):
    pack = made(registrar, child=case.child)
    path = tmp_path / f"{pack.number}.zip"
    path.write_bytes(b"".join(packing.content_of(pack.file)))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    return path, tmp_path / "unpacked"


def printed_often(case, by, times: int) -> None:
    """So many prints of the receipt of a case, in one statement."""
    now = datetime(2026, 9, 15, 9, tzinfo=UTC)
    Print.objects.bulk_create(
        Print(
            number=f"印2026{number:06d}",
            token=f"t{number}",
            form="acceptance_receipt",
            case_id=case.pk,
            child=case.child,
            short_code="AAAA-BBBB",
            content_digest="0" * 64,
            pdf_sha256=f"{number:064x}",
            printed_by=by,
            printed_at=now,
            legal_date=LEGAL_DAY,
        )
        for number in range(900_000, 900_000 + times)
    )


@pytest.mark.parametrize("about", ["child", "case"])
def test_no_print_is_left_out_however_many_there_are(case, registrar, about):
    printed_often(case, registrar, MANY)
    subject = {"child": case.child} if about == "child" else {"case": case}
    listed = prints_of(scope_of(EvidencePack(asked_by=registrar, **subject)))
    assert len(listed) == MANY and listed[-1]["pdf_sha256"] == f"{900_000 + MANY - 1:064x}"
    assert [row["number"] for row in listed] == sorted(row["number"] for row in listed), "oldest first"


def test_the_list_of_prints_the_manifest_and_the_title_on_the_cover_agree(case, registrar):
    printed_often(case, registrar, 60)
    pack = made(registrar, case=case)
    with zipfile.ZipFile(io.BytesIO(b"".join(packing.content_of(pack.file)))) as archive:
        manifest, listed = (json.loads(archive.read(name)) for name in ("manifest.json", "prints.json"))
    assert len(listed) == 60 and manifest["prints"] == listed
    (entry,) = [each for each in manifest["files"] if each["path"] == "prints.json"]
    assert (entry["kind"], entry["title"]) == ("打印登记", "60件")


def test_the_readme_names_the_pack_its_purpose_and_everything_inside(unpacked):
    path, folder = unpacked
    words = (folder / "README.txt").read_text(encoding="utf-8")
    assert words.startswith(f"学籍证据包 {path.stem}\n") and "仅限“信访答复”使用" in words
    explained = set(re.findall(r"^([\w.]+)/?\s+\S", words, re.MULTILINE))
    assert {one.name for one in folder.iterdir()} - {"README.txt"} <= explained
    assert explained >= {"cover.pdf", "cases", "archive", "copies", "custody", "prints.json", "verify_pack.py"}


def test_both_commands_of_the_readme_work_as_they_are_written(unpacked):
    path, folder = unpacked
    words = (folder / "README.txt").read_text(encoding="utf-8")
    commands = re.findall(r"python3( verify_pack\.py(?: \S+\.zip)?)", words)
    assert commands == [f" verify_pack.py {path.name}", " verify_pack.py"]
    for command, place in zip(commands, (path.parent, folder), strict=True):
        (path.parent / "verify_pack.py").write_bytes((folder / "verify_pack.py").read_bytes())
        done = subprocess.run([sys.executable, *command.split()], cwd=place, capture_output=True, text=True)
        assert done.returncode == 0 and "核验通过" in done.stdout, done.stdout + done.stderr
