"""What is left out to print faster changes nothing on the paper: other forms' rules, and strokes of the same line."""

import io
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from importlib import import_module
from time import sleep

import pikepdf
import pytest
import tinyhtml5

from accounts.roles import Role
from reports import cascade, cells, parsing, rendering, ruling, styling
from reports.forms import FORMS
from reports.services import print_form
from tests.county import staff_member
from tests.reports.conftest import address_of

needs_pdftoppm = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler-utils is not installed")
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path stroke='#000' d='{}'/></svg>"
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
    """A box with its place to a millionth of a pixel, how it is written, and its words."""
    style = [box.style[name] for name in ("font_size", "font_weight", "font_family", "text_align_all", "color")]
    told = box.element_tag, box.position_x, box.position_y, box.width, box.height, *style, getattr(box, "text", "")
    return tuple(round(one, 6) if isinstance(one, float) else one for one in told)


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
    grid = styling.stylesheet_for(styling.classes_in('<body class="is-grid"><table class="grid is-items">'))
    assert ".grid.is-items td" in grid and "@page grid" in grid and ".grid td.longer" in grid
    assert ".tally" not in grid and ".tight " not in grid
    assert styling.stylesheet_for(styling.classes_known()).count("{") == styling_braces()


def styling_braces() -> int:
    from django.template.loader import get_template

    return styling.COMMENT.sub("", get_template(styling.STYLESHEET).template.source).count("{")


@pytest.mark.parametrize("code", FORMS)
def test_what_is_remembered_is_what_the_engine_makes(code, blank, monkeypatch):
    """The same paper by the engine alone, and the second time by what was kept of the first."""
    papers = sheets_asked(monkeypatch, styling.classes_in)
    blank(code)
    for html in list(papers):
        assert remembered(html) == by_the_engine(html)


def remembered(html: str) -> list[tuple]:
    rendering.lay_out(html)
    paper = rendering.lay_out(html)
    own = set(paper._html.etree_element.iter())
    assert all(box.element in own for box in boxes_in(paper) if box.element is not None)
    return places_in(paper)


def by_the_engine(html: str) -> list[tuple]:
    engine = rendering.layout_engine()
    sheet = rendering.style_for(styling.classes_in(html))
    with pytest.MonkeyPatch.context() as patch, rendering.fetching_nothing() as fetcher:
        forget_all(engine, patch)
        document = parsing.document_class(engine)(html, fetcher)
        return places_in(document.render(stylesheets=[sheet], font_config=rendering.font_config()))


def forget_all(engine, patch) -> None:
    """The engine as it came, without memory."""
    patch.setattr(engine.css, "StyleFor", engine.css.StyleFor.__base__)
    patch.setattr(engine.layout.block, "block_container_layout", engine.layout.block.block_container_layout.args[1])
    patch.setattr(engine.draw, "draw_text", engine.draw.draw_text.args[0])


def boxes_in(paper) -> list:
    return [box for page in paper.pages for box in page._page_box.descendants()]


def places_in(paper) -> list[tuple]:
    return [place_of(box) for box in boxes_in(paper)]


def table_of(*rows: str, css_class: str = "rows") -> str:
    cells = "".join(f"<tr><td>{row}</td></tr>" for row in rows)
    body = f'<body class="is-list"><table class="{css_class}">{cells}</table></body>'
    return f'<!doctype html><html lang="zh-CN">{body}</html>'


def test_a_cell_that_meets_the_end_of_the_page_is_the_engines():
    many = table_of(*["同一句话" * 60] * 40, css_class="any")  # in rows that may break
    assert len(rendering.lay_out(many).pages) > 1
    assert remembered(many) == by_the_engine(many)


LONG = "同一句话" * 9
MID_FIRST, MID_LAST = (
    f'<table class="grid"><tr><td{one}>汉族<td{other}>汉族</tr></table>'
    for one, other in ((' class="mid"', ""), ("", ' class="mid"'))
)
ROWS = '<table class="rows"><tr><td>汉族</td></tr></table>'


@pytest.mark.parametrize(
    "papers",
    [
        (MID_FIRST + ROWS, MID_LAST + ROWS),  # as many cells, another class
        (MID_FIRST + MID_LAST + ROWS, MID_FIRST + ROWS + MID_LAST),  # after another sibling
        (
            f'<table class="rows"><col style="width:20mm"><col><tr><td>{LONG}<td>{LONG}</tr></table>',
        ),  # of another width
        ('<table class="rows"><tr><td>甲<td>乙</tr></table>', '<table class="rows"><tr><td>乙<td>甲</tr></table>'),
    ],
)
def test_the_same_words_elsewhere_are_laid_out_anew(papers):
    papers = [f'<!doctype html><html><body class="is-grid">{paper}</body></html>' for paper in papers]
    for html in papers:
        rendering.lay_out(html)
    for html in papers:
        assert remembered(html) == by_the_engine(html)


def test_a_paper_with_rules_of_its_own_leaves_nothing_behind():
    """Two papers of the same elements, one of which brings its rules along."""
    plain = table_of("甲")
    own = plain.replace("<body", "<head><style>td{font-size:20pt}</style></head><body")
    for html in (own, plain.replace("<body", "<head><style>td{color:red}</style></head><body"), plain, own):
        assert remembered(html) == by_the_engine(html)


def test_what_is_remembered_has_an_end(monkeypatch):
    monkeypatch.setattr(cascade, "MOST_FAMILIES", 3)
    monkeypatch.setattr(cells, "MOST_CELLS", 2)
    html = table_of("甲", "乙", "丙", "丁")
    assert remembered(html) == by_the_engine(html)
    sheet = rendering.style_for(styling.classes_in(html))
    assert sheet.remembered.families > 3 and cascade.Remembered.of([(None,), (sheet,)]).families == 0
    assert all(len(style.cells) <= 2 for style in sheet.remembered.styles.values())


def test_threads_use_the_engine_one_after_the_other(monkeypatch):
    """Whatever they do with it: what is remembered, and the fonts, are shared by the threads of a process."""
    paper, within, most = rendering.lay_out(table_of("甲")), [], []

    def entered(*given):
        within.append(given)
        sleep(0.02)  # time for others to come in
        most.append(len(within))
        within.pop()

    style_for, one_file = rendering.style_for, rendering.one_file
    monkeypatch.setattr(rendering, "style_for", lambda classes: entered() or style_for(classes))
    monkeypatch.setattr(rendering, "one_file", lambda: entered() or one_file())
    work = [lambda: rendering.lay_out(table_of("甲")), lambda: rendering.bound([paper])] * 3
    with ThreadPoolExecutor(len(work)) as threads:
        done = list(threads.map(lambda one: one(), work))
    assert len(done) == len(most) == len(work) and set(most) == {1}


def test_the_pages_of_a_file_are_named_once_for_all_its_tags():
    """By the engine they were named anew for each tag: the square of the pages."""
    named = []
    paper = rendering.lay_out(table_of(*["同一句话" * 60] * 40, css_class="any"))
    paper.write_pdf(pdf_variant=rendering.VARIANT, finisher=lambda _, pdf: named.append((pdf, pdf.page_references)))
    ((pdf, names),) = named
    assert pdf.page_references is names and len(names) == len(paper.pages) > 1
    assert names == tuple(b"%d 0 R" % number for number in pdf.pages["Kids"][::3])
    pdf.pages["Kids"].extend([7, 0, "R"])  # as the engine adds a page
    assert pdf.page_references == (*names, b"7 0 R")


def test_a_code_is_not_read_like_a_curve(blank, monkeypatch):
    """The engine's reader of paths is not asked for it; any other path goes there as before."""
    read = []
    reader = import_module("weasyprint.svg.path")
    normalize = reader.normalize
    monkeypatch.setattr(reader, "normalize", lambda path: read.append(path) or normalize(path))
    assert strokes(blank("basics_form")) and not read
    rendering.lay_out(f"<!doctype html><html><body>{DRAWING.format('M1 1 L5 5')}</body></html>").write_pdf()
    assert len(read) == 1


@pytest.mark.parametrize("code", ["basics_form", "registry_card", "newcomers_roster", "refusal_notice"])
def test_words_drawn_again_are_the_same_strokes(code, blank, monkeypatch):
    """One file of two equal papers, once with the words remembered and once each drawn by the engine."""
    bind = rendering.bound
    seen = []
    monkeypatch.setattr(rendering, "bound", lambda papers: seen.append(papers * 2) or bind(papers))
    blank(code)
    ours = bind(seen[0])
    monkeypatch.setattr(rendering, "one_file", nullcontext)
    assert contents(ours) == contents(bind(seen[0]))


def test_a_code_is_the_strokes_the_engine_makes_of_its_path(blank, monkeypatch):
    seen, bind = [], rendering.bound
    monkeypatch.setattr(rendering, "bound", lambda papers: seen.append(papers) or bind(papers))
    blank("basics_form")
    ours = bind(seen[0])
    monkeypatch.setattr(ruling, "RUNS", re.compile("never"))
    assert contents(ours) == contents(bind(seen[0]))


def contents(pdf: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [page.Contents.read_bytes() for page in document.pages]


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
