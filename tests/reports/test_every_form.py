"""Every form of the registry, blank and filled, short and long: it prints, is found again by pdftotext, is tagged,
carries its footer, and takes nothing but words from what people typed."""

import io
import re
import shutil
import subprocess

import pikepdf
import pytest

from accounts.roles import Role
from reports import rendering
from reports.forms import FORMS
from reports.services import print_form
from tests.county import staff_member
from tests.reports.conftest import address_of, keep
from tests.reports.filled import FILLED, LONG, SHORT, printed_filled, small_county
from tests.reports.tags import faults_of_tags

# Whose content names no child, or only by what its own story says.
WITHOUT_NAME = {"balance_sheet", "pairing_sheet", "order_notice", "audit_report", "audit_anchor"}
WITHOUT_FOOT = {"certificate_overprint"}
needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


@pytest.fixture
def county(bureau, no1, no2, no3):
    return small_county(bureau, no1, no2, no3)


def words_of(pdf: bytes) -> str:
    """What another program reads in the file, without its blanks."""
    said = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s", "", said)


def said_by(pdf: bytes, record) -> str:
    words = words_of(pdf)
    if record.form not in WITHOUT_FOOT:
        for said in (record.number, record.short_code, "扫码核验", "第1页／共"):
            assert said in words, said
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        assert (str(root.Lang), bool(root.MarkInfo.Marked)) == ("zh-CN", True)
        assert b'pdfuaid:part="1"' in root.Metadata.read_bytes() and FORMS[record.form].title in str(
            document.docinfo["/Title"]
        )
    assert faults_of_tags(pdf) == []
    return words


def test_no_form_is_without_a_specimen():
    assert set(FILLED) == set(FORMS)


@needs_pdftotext
@pytest.mark.parametrize("code", FORMS)
def test_blank(code, no1, bureau):
    by = staff_member(Role.BUREAU_CLERK, bureau)
    made = print_form(FORMS[code], None, by=by, address_of=address_of)
    keep(f"{code}-blank", made.pdf)
    assert FORMS[code].title.split("（")[0] in said_by(made.pdf, made.record)


@needs_pdftotext
@pytest.mark.parametrize("words", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("code", FILLED)
def test_filled(code, words, county):
    made = printed_filled(code, county, words, address_of)
    keep(f"{code}-{'short' if words is SHORT else 'long'}", made.pdf)
    said = said_by(made.pdf, made.record)
    assert words.name in said or code in WITHOUT_NAME


def test_untagged_words_and_a_head_without_scope_are_found(bureau, no1, monkeypatch):
    """The engine's own tags, before they are put right, do not pass the check."""
    monkeypatch.setattr(rendering, "put_right", None)
    made = print_form(FORMS["basics_form"], None, by=staff_member(Role.BUREAU_CLERK, bureau), address_of=address_of)
    faults = set(faults_of_tags(made.pdf))
    assert "a table head without scope" in faults
    assert any("neither tagged nor an artifact" in fault for fault in faults)
