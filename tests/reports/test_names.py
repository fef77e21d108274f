"""Names on paper: every standard character, the rare ones, long names with ·; a self-made character is refused."""

from pathlib import Path

import pytest

from reports import fonts
from reports.errors import MissingGlyph
from reports.fonts import SERIF, can_draw, check_texts, faults_of
from reports.glyphs import check_pdf, fonts_in
from reports.rendering import bound, lay_out
from tests.reports.conftest import keep
from tests.reports.test_every_form import needs_pdftotext, words_of

TABLE = Path(__file__).with_name("standard_characters.txt")
RARE = "㛃䶮𬭼𠅤"
LONG = "阿卜杜热合曼·买买提依明江·库尔班尼亚孜·吐尔逊江"


def standard_characters() -> str:
    """通用规范汉字表, without its heading and line breaks."""
    return "".join(TABLE.read_text(encoding="utf-8").splitlines()[1:])


def test_the_table_is_whole():
    assert len(standard_characters()) == len(set(standard_characters())) == 8105


def test_every_standard_character_is_drawn_by_the_font_of_names():
    """All by one and the same font: no name made of them is ever mixed."""
    missing = [character for character in standard_characters() if not can_draw(SERIF, character)]
    assert missing == []


@needs_pdftotext
def test_every_standard_character_prints_and_is_found_again():
    characters = standard_characters()
    pdf = bound([lay_out(f'<html lang="zh-CN"><title>字</title><p style="width:150mm">{characters}</p></html>')])
    keep("standard_characters", pdf)
    check_pdf(pdf)
    assert {used.name.replace("-", " ") for used in fonts_in(pdf)} == {SERIF}
    assert set(words_of(pdf)) >= set(characters)


@needs_pdftotext
@pytest.mark.parametrize("name", [RARE, LONG, f"{RARE}·{LONG[:20]}"])
def test_rare_and_long_names_print_whole_and_in_one_font(name):
    check_texts({"name": name})
    assert len(LONG) == 25
    pdf = bound([lay_out(f'<html lang="zh-CN"><title>名</title><p>{name}</p></html>')])
    check_pdf(pdf)
    assert len(fonts_in(pdf)) == 1 and name in words_of(pdf)


@pytest.mark.parametrize("planted", [0xE000, 0xE123, 0xF8FF, 0xF0001, 0x10FFFD])
def test_a_planted_private_character_is_refused_by_name(planted):
    with pytest.raises(MissingGlyph) as refused:
        check_texts({"name": f"{RARE}{chr(planted)}"}, child=f"王{chr(planted)}")
    (sentence,) = refused.value.sentences
    assert f"学生“王{chr(planted)}”姓名中的“{chr(planted)}”（U+{planted:04X}）是自造字" in sentence


def test_the_guard_is_the_fonts_own_table(monkeypatch):
    """A font that lost one standard character is noticed."""
    short = fonts.characters_of(SERIF) - {ord("禾")}
    monkeypatch.setattr(fonts, "characters_of", lambda family: short)
    assert faults_of("张小禾") == ["禾"]
