"""Many papers as a few files: so many pages are laid out, bound, checked and forgotten before the next ones begin.

That bounds the memory of a batch or a book whatever its length; fewer pages at a time would cost a set of fonts each.
"""

import gc
from collections.abc import Iterable, Iterator

from ..forms import Form
from ..glyphs import check_pdf
from ..rendering import bound, fitted, without_collecting

PAGES = 20  # one part of a batch; a page weighs some 6 MB until it is bound
SWEPT = 4  # so many pages' garbage, twice their weight, may wait: looking for it costs a tenth of a page


def chunks_of(papers: Iterable[tuple[Form, dict]]) -> Iterator[bytes]:
    """Checked files of about PAGES pages each, in the order of `papers`: pairs of a form and its context.

    Raises PrintingUnavailable, OutsideFetch, BadOutput.
    """
    papers = iter(papers)
    while True:
        with without_collecting():
            pdf = next_chunk(papers)
            gc.collect(1)  # all that lived for the chunk is young still: nothing older is looked through
        if not pdf:
            return
        check_pdf(pdf)
        yield pdf


def next_chunk(papers: Iterator[tuple[Form, dict]]) -> bytes:
    """The next pages as one file; b"" when no paper is left."""
    laid, pages = [], 0
    for form, context in papers:
        laid.append(fitted(form, context))
        pages += len(laid[-1].pages)
        if pages >= PAGES:
            break
        if pages % SWEPT == 0:
            gc.collect(0)  # what the layouts of these papers have left behind
    return bound(laid) if laid else b""
