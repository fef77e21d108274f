"""A hundred and eighty files, good, bad and hostile: each gets its outcome, at its price, and leaves nothing."""

import subprocess
import sys
import tempfile

import pytest

from students.importing import biff
from students.importing.container import SCHOOL
from students.importing.findings import ERROR, WorkbookRefused
from students.importing.marking import marked_copy
from tests.students.hostile_files import HOSTILE, mutations, untrue_sizes
from tests.students.ordinary_files import ORDINARY
from tests.students.reading_costs import measured
from tests.students.test_import_layouts import read


def outcomes(book) -> set[str]:
    """What the reading has to say, in the words of the corpus."""
    said = {f"{'error' if each.sheet else 'refused'}:{each.code}" for each in book.of_level(ERROR)}
    return said | {f"{each.level}:{each.code}" for each in book.findings if each.level != ERROR} or {"clean"}


def test_there_are_enough_of_them():
    assert len(ORDINARY) >= 60 and len(HOSTILE) >= 60


def test_the_scales_do_weigh():
    """A reader that takes 200 MB, and one that thinks for three seconds, are noticed."""
    for spends in ("held = b'x' * 200_000_000", "import time\nwhile time.process_time() < 3: pass"):
        with measured() as cost:
            subprocess.run([sys.executable, "-c", spends], check=True)
        assert not cost.kept
    with measured() as cost:
        held = bytearray(200_000_000)
    assert not cost.kept and held


@pytest.mark.parametrize("kind", ORDINARY)
def test_what_schools_send_gets_its_written_outcome(kind):
    make, outcome = ORDINARY[kind]
    data = make()
    with measured() as cost:
        book = read(data)
    assert outcome in outcomes(book)
    assert cost.kept, str(cost)
    for each in book.findings:
        assert each.message and (each.remedy or each.level != ERROR or not each.sheet), each


@pytest.mark.parametrize("kind", [kind for kind, (_, outcome) in ORDINARY.items() if not outcome.startswith("refused")])
def test_the_marked_copy_says_the_same_when_it_comes_back(kind):
    """Whatever it was, it can be opened, and nothing in it reads otherwise than in the file that was sent."""
    data = ORDINARY[kind][0]()
    book = read(data)
    said = [each.as_dict() for each in book.findings]
    copy = marked_copy(data, said, sheet=book.sheet, head=book.head, limits=SCHOOL)
    again = read(copy)
    assert {each.row for each in again.of_level(ERROR)} == {each.row for each in book.of_level(ERROR)}
    assert [row.values for row in again.rows] == [row.values for row in book.rows]


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_attacks_is_refused_or_read_without_harm(kind, tmp_path, monkeypatch):
    make, code = HOSTILE[kind]
    data = make()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with measured() as cost:
        book = read(data)
    assert not list(tmp_path.iterdir())
    assert cost.kept, str(cost)
    if code is None:
        assert not book.stopped
        _mark(data, book)
    else:
        assert (book.stopped, book.rows, [each.code for each in book.of_level(ERROR)]) == (True, [], [code])
        assert all(len(each.message) > 5 for each in book.findings)


def test_no_spoilt_byte_of_an_old_workbook_brings_the_reading_down():
    """Three hundred mutations: each is looked through or refused in words; some go all the way through the reader."""
    refused = 0
    for number, data in enumerate(mutations()):
        try:
            biff.scan(data, SCHOOL)
        except WorkbookRefused as refusal:
            refused += 1
            assert refusal.code and len(refusal.message) > 5, number
        if number % 15 == 0:
            _mark(data, read(data))
    assert 30 < refused < 270


def test_a_sheet_is_as_large_as_its_cells_whatever_it_says():
    """The reader takes the room that a sheet claims, and has not that much: what was looked through says the truth."""
    for number, data in enumerate(untrue_sizes()):
        book = read(data)
        assert (book.stopped, len(book.rows), book.findings) == (False, 1, []), number


def _mark(data, book) -> None:
    """Marking what was read does no harm either; it may be refused."""
    try:
        marked_copy(data, [each.as_dict() for each in book.findings], sheet=book.sheet, head=book.head, limits=SCHOOL)
    except WorkbookRefused as refusal:
        assert refusal.message
