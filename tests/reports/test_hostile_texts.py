"""Twenty hostile texts in every text of every form: printed as words, nothing fetched from anywhere."""

from html.parser import HTMLParser
from itertools import count

import pytest
from django.template.loader import render_to_string

from reports.codes import qr_code
from reports.fonts import dressed
from reports.forms import FORMS
from reports.rendering import bound, lay_out
from tests.reports.conftest import address_of
from tests.reports.filled import FILLED, SHORT, content_filled, small_county
from tests.reports.test_no_outside_fetch import SECRET, no_sockets, secret  # noqa: F401 — fixtures

PAYLOADS = [
    '<img src="{file}">',
    '<img src="http://127.0.0.1:6379/">',
    "<img src=x onerror=alert(1)>",
    '<link rel="attachment" href="{file}">',
    '<link rel="stylesheet" href="http://127.0.0.1:6379/x.css">',
    '<a rel="attachment" href="{file}">x</a>',
    '<style>@import url("{file}");</style>',
    '<style>@font-face{{font-family:x;src:url("{file}")}} *{{font-family:x}}</style>',
    '<p style="background:url({file})">x</p>',
    '"><script>fetch("http://127.0.0.1:6379/")</script>',
    "' style='background:url({file})' x='",
    '<svg><image href="{file}"/></svg>',
    '<svg><use href="{file}#a"/></svg>',
    '<object data="{file}"></object>',
    '<embed src="{file}">',
    '<iframe src="{file}"></iframe>',
    '<meta http-equiv="refresh" content="0;url={file}">',
    '<base href="file:///etc/"><img src="passwd">',
    "{{{{ settings.SECRET_KEY }}}}{{% include '/etc/passwd' %}}",
    '</td></table></body><img src="data:image/svg+xml,%3Csvg/%3E">&#60;&lt;',
]
# What the house itself wrote: measures and drawings, no words of anybody.
MEASURES = {"width", "height", "x", "y", "points", "fine", "coarse", "columns", "rows_mm", "key", "kind", "side"}


def spoilt(value, next_words):
    """The same values with every text replaced by a hostile one."""
    if isinstance(value, str):
        return next_words()
    if isinstance(value, dict):
        return {key: inner if key in MEASURES else spoilt(inner, next_words) for key, inner in value.items()}
    return [spoilt(inner, next_words) for inner in value] if isinstance(value, list) else value


class Row:
    """A print's own row, as far as the footer shows it."""

    number, short_code, token, blank, printed_at, legal_date = "印2026000001", "AAAA-BBBB", "t" * 22, False, None, None


class Skeleton(HTMLParser):
    """The elements of a page and the names of their attributes: what words must never change."""

    def __init__(self, html: str):
        super().__init__()
        self.found, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, tuple(name for name, _ in attributes)))

    def handle_data(self, data):
        self.words.append(data)


def html_of(code: str, content: dict) -> str:
    context = {"c": dressed(content), "print": Row, "qr": qr_code(address_of("t")), "form": FORMS[code], "density": ""}
    return render_to_string(FORMS[code].template, context)


@pytest.mark.parametrize("code", FILLED)
def test_hostile_texts_are_words(code, bureau, no1, no2, no3, secret, no_sockets):  # noqa: F811
    content = content_filled(code, small_county(bureau, no1, no2, no3), SHORT)
    payloads = [payload.format(file=secret.as_uri()) for payload in PAYLOADS]
    harmless = Skeleton(html_of(code, spoilt(content, lambda: "x" * 60))).found
    for payload in payloads:
        spoilt_page = Skeleton(html_of(code, spoilt(content, lambda words=payload: words)))
        assert set(spoilt_page.found) == set(harmless), payload
        assert payload in "".join(spoilt_page.words), "the very words are on the page"
    turn = count()
    mixed = spoilt(content, lambda: payloads[next(turn) % len(payloads)][:60])
    pdf = bound([lay_out(html_of(code, mixed))])
    assert SECRET.encode() not in pdf and b"EmbeddedFile" not in pdf
