"""A name that no font can draw is refused by name, before and after the layout; a box never reaches paper."""

import subprocess

import pytest

from reports import fonts
from reports.errors import BadOutput, MissingGlyph, PrintingUnavailable
from reports.fonts import check_texts, dressed, faults_of
from reports.glyphs import check_pdf
from reports.models import Print
from reports.rendering import bound, lay_out
from students.models import Student

PRIVATE = chr(0xE123)


def test_private_use_character_refuses_the_print_by_name(printed, transfer):
    Student.objects.filter(pk=transfer.child.pk).update(name=f"张{PRIVATE}")
    with pytest.raises(MissingGlyph) as refusal:
        printed("transfer_contact", transfer)
    (sentence, *_) = refusal.value.sentences
    assert sentence.startswith(f"学生“张{PRIVATE}”姓名中的“{PRIVATE}”（U+E123）") and "未打印" in sentence
    assert not Print.objects.exists()


def test_guardian_and_field_are_named(printed, transfer, family):
    family(transfer.child, names=(f"李{PRIVATE}", "王五"))
    with pytest.raises(MissingGlyph, match="监护人姓名中的"):
        printed("transfer_contact", transfer)


@pytest.mark.parametrize("text", [chr(0x202E) + "甲", chr(0xF0000), chr(0x2FFFE), chr(0x200B), "甲\x07"])
def test_invisible_and_unassigned_characters_are_refused(text):
    assert faults_of(text)


@pytest.mark.parametrize("text", ["㛃䶮𬭼𠅤", "其其格·娜仁", "第2单元501室（东）", "同意\n转入", ""])
def test_what_the_fonts_can_draw_passes(text):
    check_texts({"name": text})


def test_a_name_is_set_in_one_font_as_a_whole():
    only_sans = next(chr(c) for c in fonts.characters_of(fonts.SANS) - fonts.characters_of(fonts.SERIF) if c > 0x20000)
    assert dressed({"name": f"王{only_sans}"}) == {"name": f'<span class="sans">王{only_sans}</span>'}
    assert dressed({"name": "王小明"}) == {"name": "王小明"}


def test_a_box_in_the_finished_pdf_is_seen():
    pdf = bound([lay_out(f'<p style="font-family: Noto Serif CJK SC">{PRIVATE}甲</p>')])
    with pytest.raises(BadOutput):
        check_pdf(pdf)


def test_a_foreign_font_in_the_finished_pdf_is_seen():
    pdf = bound([lay_out('<p style="font-family: DejaVu Sans">foreign</p>')])
    with pytest.raises(BadOutput, match="未经许可的字体"):
        check_pdf(pdf)


def test_without_fonts_the_sentence_says_what_to_install(monkeypatch):
    def other_font(*_, **__):
        return subprocess.CompletedProcess([], 0, stdout="DejaVu Sans|/x.ttf|0")

    fonts.face_of.cache_clear()
    monkeypatch.setattr(fonts.subprocess, "run", other_font)
    with pytest.raises(PrintingUnavailable, match="fonts-noto-cjk"):
        lay_out("<p>甲</p>")
    fonts.face_of.cache_clear()
