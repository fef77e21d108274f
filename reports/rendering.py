"""From a template and plain values to a checked PDF. Nothing is fetched: fonts are the system's, all else is inline.

Stylesheets and the fonts' configuration are read once in a process: a third of the time of a page.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from threading import Lock

from django.template.loader import render_to_string

from .cascade import remember_styles
from .cells import one_file, remember_cells
from .errors import OutsideFetch, PrintingUnavailable
from .fonts import INSTALL, require_fonts
from .forms import Form
from .glyphs import check_pdf
from .parsing import document_class
from .ruling import rule_whole, run_whole
from .styling import classes_in, stylesheet_for
from .tagging import put_right, refer_once

DENSITIES = ("", "tight", "tightest")
# A blank form is written by hand: its rows are higher, if that leaves it the same pages.
ROOMY = "roomy"
# Tagged, with language and title: a screen reader can read a form out (ISO 14289-1).
VARIANT = "pdf/ua-1"
# One thread at a time: styles, cells and fonts are shared by all papers of a process, and Pango knows no threads.
ENGINE = Lock()
LANGUAGE = "zh-CN"


def layout_engine():
    """WeasyPrint, or PrintingUnavailable. Fonts are looked for first: without any it would crash the process."""
    require_fonts()
    try:
        import weasyprint  # takes a second and needs Pango: only whoever prints pays for it
        import weasyprint.css
        import weasyprint.draw
        import weasyprint.layout.block
        import weasyprint.svg
    except OSError as error:
        raise PrintingUnavailable(f"本机缺少排版库 Pango，不能打印。{INSTALL}") from error
    rule_whole(weasyprint.draw)
    run_whole(weasyprint.svg)
    remember_styles(weasyprint.css)
    remember_cells(weasyprint)
    refer_once(weasyprint.pdf.pydyf.PDF)
    return weasyprint


@cache
def deny_all():
    """A fetcher that fetches nothing and stops the print whatever is asked for."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # after layout_engine() has found it usable

    class Denied(FatalURLFetchingError):
        """Carries the address out of WeasyPrint, which swallows ordinary errors."""

    class DenyAll(URLFetcher):
        def fetch(self, url, headers=None):
            raise Denied(url)

    return DenyAll(), Denied


def render(form: Form, *contexts: dict) -> bytes:
    """Lay a form out, once for each paper, and check what came out; one file, its pages counted paper by paper.

    A one-page form that does not fit is set tighter, never cut. Raises PrintingUnavailable, OutsideFetch, BadOutput.
    """
    pdf = bound([fitted(form, paper) for context in contexts for paper in papers_of(context)])
    check_pdf(pdf)
    return pdf


def papers_of(context: dict) -> list[dict]:
    """A form with a leaf for each child is as many papers as children; all others are one."""
    leaves = context["c"].get("sheets", ())
    return [context | {"c": context["c"] | {"sheets": [leaf]}} for leaf in leaves] or [context]


def fitted(form: Form, context: dict):
    """The form in the first density in which it fits; one that never does goes on to a further page."""
    paper = None
    for density in (ROOMY, *DENSITIES) if context["print"].blank else DENSITIES:
        paper = lay_out(render_to_string(form.template, context | {"form": form, "density": density}))
        if len(paper.pages) == form.sides or density != ROOMY and not form.fits_a_page:
            break
    return paper


def lay_out(html: str):
    """Finished HTML as WeasyPrint's document. Raises OutsideFetch when it asks for anything outside itself."""
    engine = layout_engine()
    with ENGINE, fetching_nothing() as fetcher, without_collecting():
        sheet = style_for(classes_in(html))
        return document_class(engine)(html, fetcher).render(stylesheets=[sheet], font_config=font_config())


@lru_cache(maxsize=64)
def style_for(classes: frozenset[str]):
    """The stylesheet of all forms, read as far as it speaks of papers with these classes."""
    return layout_engine().CSS(string=stylesheet_for(classes), url_fetcher=deny_all()[0])


@cache
def font_config():
    """The system's fonts as the engine sees them; no form brings a font of its own."""
    layout_engine()
    from weasyprint.text.fonts import FontConfiguration  # after layout_engine() has found it usable

    # It must go before the interpreter takes Pango away under it.
    atexit.register(font_config.cache_clear)
    return FontConfiguration()


def bound(papers: list) -> bytes:
    """Laid-out papers as one file. Raises OutsideFetch: what is to be attached is asked for only now."""
    with ENGINE, fetching_nothing(), without_collecting(), one_file():
        whole = papers[0].copy([page for paper in papers for page in paper.pages])
        return whole.write_pdf(pdf_variant=VARIANT, finisher=put_right)


@contextmanager
def fetching_nothing() -> Iterator:
    """The fetcher that fetches nothing; whatever asks for something stops the print."""
    fetcher, denied = deny_all()
    try:
        yield fetcher
    except denied as asked:
        raise OutsideFetch(str(asked)) from None


@contextmanager
def without_collecting() -> Iterator[None]:
    """No search for cyclic garbage meanwhile: a paper is some ten thousand living boxes, looked through again and again
    in vain, a fifth of its time. What is dead is found at the next search after it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
