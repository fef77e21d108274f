"""What is left out to print faster changes nothing on the paper: other forms' rules, and strokes of the same line."""

import io
import shutil
import subprocess

import pikepdf
import pytest
import tinyhtml5

from accounts.roles import Role
from reports import parsing, rendering, ruling, styling
from reports.forms import FORMS
from reports.services import print_form
from tests.county import staff_member
from tests.reports.conftest import address_of

needs_pdftoppm = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler-utils is not installed")
DASHED = "<table style='border-collapse:collapse'><tr><td style='border:1pt dashed #000'>甲<td>乙</table>"


@pytest.fixture
def blank(bureau, no1):
    by = staff_member(Role.BUREAU_CLERK, bureau)
    return lambda code: print_form(FORMS[code], None, by=by, address_of=address_of).pdf


def sheets_asked(monkeypatch, classes):
    """The stylesheets asked for from now on, each made for `classes` of what the paper has."""
    asked = []
    monkeypatch.setattr(rendering, "classes_in", lambda html: asked.append(html) or classes(html))
    return asked


@pytest.mark.parametrize("code", FORMS)
def test_other_forms_rules_are_not_missed(code, blank, monkeypatch):
    """The same papers, laid out once by all rules and once by their own: the same boxes at the same places."""
    papers = sheets_asked(monkeypatch, styling.classes_in)
    blank(code)
    for html in papers:
        all_rules, own = (boxes_of(html, classes) for classes in (styling.classes_known(), styling.classes_in(html)))
        assert own == all_rules


def boxes_of(html: str, classes: frozenset[str]) -> list[tuple]:
    engine = rendering.layout_engine()
    sheet = rendering.style_for(classes)
    with rendering.fetching_nothing() as fetcher:
        paper = engine.HTML(string=html, url_fetcher=fetcher).render(
            stylesheets=[sheet], font_config=rendering.font_config()
        )
    return [place_of(box) for page in paper.pages for box in page._page_box.descendants()]


def place_of(box) -> tuple:
    style = [box.style[name] for name in ("font_size", "font_weight", "font_family", "text_align_all", "color")]
    return box.element_tag, box.position_x, box.position_y, box.width, box.height, *style


@pytest.mark.parametrize("code", FORMS)
def test_the_tree_of_a_form_is_the_engines(code, blank, monkeypatch):
    papers = sheets_asked(monkeypatch, styling.classes_in)
    blank(code)
    for html in papers:
        assert elements(parsing.tree_of(html)) == elements(tinyhtml5.parse(html, namespace_html_elements=False))


def elements(root) -> list[tuple]:
    """Names, attributes and words in order; space between elements, which takes no room here, left out."""
    told = []
    for one in root.iter():
        given = {name: value for name, value in one.attrib.items() if not name.endswith("xmlns")}
        told.append((one.tag, len(one), given, *((words or "").strip("\n ") for words in (one.text, one.tail))))
    return told


def test_words_that_look_like_tags_stay_words():
    tree = parsing.tree_of("<!doctype html><html><body><table><tr><td>&lt;tr&gt;&#x27;&amp;amp;𠅤</td></tr></table>")
    assert tree.find("body/table/tbody/tr/td").text == "<tr>'&amp;𠅤"


def test_a_rule_is_left_out_only_when_the_paper_has_not_its_class():
    grid = styling.stylesheet_for(styling.classes_in('<body class="is-grid"><table class="grid is-close">'))
    assert ".grid.is-close td" in grid and "@page grid" in grid and ".grid td.longer" in grid
    assert ".tally" not in grid and ".tight " not in grid
    assert styling.stylesheet_for(styling.classes_known()).count("{") == styling_braces()


def styling_braces() -> int:
    from django.template.loader import get_template

    return styling.COMMENT.sub("", get_template(styling.STYLESHEET).template.source).count("{")


def picture(pdf: bytes) -> bytes:
    return subprocess.run(["pdftoppm", "-r", "90", "-gray"], input=pdf, capture_output=True, check=True).stdout


def strokes(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return sum(page.Contents.read_bytes().count(b"\nS\n") for page in document.pages)


@needs_pdftoppm
@pytest.mark.parametrize("code", ["basics_form", "registry_card", "transfer_contact", "consistency_sheet"])
def test_whole_lines_look_like_the_engines_strokes(code, blank, monkeypatch):
    seen = []
    bind = rendering.bound
    monkeypatch.setattr(rendering, "bound", lambda papers: seen.append(both(bind, papers)) or seen[-1][0])
    blank(code)
    ours, engines = seen[0]
    assert picture(ours) == picture(engines)
    assert strokes(ours) < strokes(engines) / 10


def both(bind, papers) -> tuple[bytes, bytes]:
    """The file with whole lines, and with each side stroked by itself."""
    ours, kept = bind(papers), ruling.all_solid
    ruling.all_solid = lambda table: False
    try:
        return ours, bind(papers)
    finally:
        ruling.all_solid = kept


def test_a_dashed_side_is_left_to_the_engine():
    pdf = rendering.lay_out(DASHED).write_pdf(uncompressed_pdf=True)
    assert b"] 0 d" in pdf


def test_sides_meet_only_along_their_own_line():
    level, upright = [((0, 5), (10, 5)), ((10, 5), (20, 5)), ((0, 6), (20, 6))], [((0, 5), (0, 9)), ((0, 9), (0, 12))]
    assert ruling.joined(level + upright) == [((0, 5), (0, 12)), ((0, 5), (20, 5)), ((0, 6), (20, 6))]
    assert len(ruling.joined([((0, 5), (10, 5)), ((11, 5), (20, 5))])) == 2  # a gap stays a gap
