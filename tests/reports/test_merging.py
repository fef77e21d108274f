"""Files merged into one: every page, every tag and every mark of each is in the whole, under numbers of its own."""

import io
from collections import Counter

import pikepdf
import pytest

from accounts.roles import Role
from reports.batches.merging import REFERENCE, merge, merged
from reports.forms import FORMS
from reports.services import print_form
from tests.county import staff_member
from tests.reports.conftest import address_of, pages_of
from tests.reports.tags import faults_of_tags


@pytest.fixture
def blanks(bureau, no1) -> list[bytes]:
    """A card of two pages, a letter, and the card again."""
    by = staff_member(Role.BUREAU_CLERK, bureau)
    card, letter = (
        print_form(FORMS[code], None, by=by, address_of=address_of).pdf for code in ("registry_card", "transfer_proof")
    )
    return [card, letter, card]


def tags_of(element) -> Counter:
    """How many tags of each kind an element of the structure tree holds, and how many marks."""
    if isinstance(element, pikepdf.Array):
        return sum((tags_of(inner) for inner in element), Counter())
    if not isinstance(element, pikepdf.Dictionary):
        return Counter(["mark"])
    return Counter([str(element.get("/S"))]) + tags_of(element.get("/K", pikepdf.Array()))


def tags_in(pdf: bytes) -> Counter:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return tags_of(document.Root.StructTreeRoot.K[0].K)


def test_the_whole_has_the_pages_and_tags_of_its_parts(blanks):
    whole = merged([blanks[0], b"", *blanks[1:]])
    assert pages_of(whole) == 5
    assert tags_in(whole) == sum((tags_in(part) for part in blanks), Counter())


def test_another_program_finds_no_fault_in_the_whole(blanks):
    whole = merged(blanks)
    with pikepdf.open(io.BytesIO(whole)) as document:
        assert document.check_pdf_syntax() == []
        assert [int(page.obj.StructParents) for page in document.pages] == [0, 1, 2, 3, 4]


def test_each_page_keeps_its_words_and_its_marks_lead_to_its_own_tags(blanks):
    whole = merged(blanks)
    opened = [pikepdf.open(io.BytesIO(part)) for part in blanks]
    parts = [page for part in opened for page in part.pages]
    with pikepdf.open(io.BytesIO(whole)) as document:
        marks = pikepdf.NumberTree(document.Root.StructTreeRoot.ParentTree)
        for at, (page, before) in enumerate(zip(document.pages, parts, strict=True)):
            assert page.Contents.read_bytes() == before.Contents.read_bytes()
            assert {tag.Pg.objgen for tag in marks[at] if tag is not None} == {page.obj.objgen}


def test_the_whole_can_be_merged_again(blanks):
    whole = merged(blanks)
    again = merged([whole, whole])
    assert pages_of(again) == 10 and faults_of_tags(again) == []
    assert tags_in(again) == tags_in(whole) + tags_in(whole)


def test_one_file_alone_is_like_any_whole(blanks):
    whole = merged([b"", blanks[0]])
    assert (pages_of(whole), tags_in(whole), faults_of_tags(whole)) == (2, tags_in(blanks[0]), [])


def test_a_whole_goes_on_as_it_grows(blanks):
    """Nothing of a file is held back once the next is begun, but for lists: a batch may have thousands of pages."""
    files, lengths = [], []

    def one_by_one():
        for content in blanks * 4:
            lengths.append(sum(map(len, files)))
            yield content

    class Target:
        write = staticmethod(files.append)

    assert merge(one_by_one(), Target()) == 20 and b"".join(files) == merged(blanks * 4)
    assert lengths[-1] > 0.7 * sum(map(len, files))


def test_without_a_page_there_is_nothing_to_merge():
    with pytest.raises(ValueError):
        merged([b""])


@pytest.mark.parametrize("text", ["12 0 R", "(12 0 R)", ")12 0 R(", "\\) 12 0 R", "赵 12 0 R"])
def test_a_text_that_looks_like_a_reference_stays_a_text(text):
    written = pikepdf.Dictionary(A=pikepdf.String(text), B=pikepdf.Array([pikepdf.String(text)])).unparse()
    assert REFERENCE.sub(lambda found: b"?" if found[1] else found[0], written) == written
