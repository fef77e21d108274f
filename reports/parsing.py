"""A finished form as the tree that the layout engine works on, read by libxml2.

The engine's own reader is written in Python and takes a twentieth of the time of a page. For what our templates write
both make the same tree; `tests/reports/test_drawn_as_before.py` holds every form against the engine's.
"""

from functools import cache
from types import SimpleNamespace
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
NOT_LOWER = {"viewbox": "viewBox"}  # libxml2 knows HTML only, where case says nothing


class Tree:
    """Takes the tags as libxml2 tells them: rows get the body they stand in, drawings their namespace."""

    def __init__(self):
        self.builder, self.open = ElementTree.TreeBuilder(), [""]

    def start(self, tag: str, attributes) -> None:
        if tag == "tr" and self.open[-1] == "table":
            self.begin("tbody", {})
        if tag == "svg" or self.open[-1].startswith(SVG):
            tag = SVG + tag
            attributes = {NOT_LOWER.get(name, name): value for name, value in attributes.items() if name != "xmlns"}
        self.begin(tag, dict(attributes))

    def begin(self, tag: str, attributes: dict) -> None:
        self.open.append(tag)
        self.builder.start(tag, attributes)

    def end(self, tag: str) -> None:
        """What is open within it was begun here and ends with it."""
        inner = ""
        while inner.removeprefix(SVG) != tag:
            inner = self.open.pop()
            self.builder.end(inner)

    def data(self, text: str) -> None:
        self.builder.data(text)

    def comment(self, text: str) -> None:
        """A comment is not printed."""

    def close(self) -> ElementTree.Element:
        return self.builder.close()


def tree_of(html: str) -> ElementTree.Element:
    """The elements of a finished form."""
    from lxml import etree  # only whoever prints pays for it

    return etree.fromstring(html.encode(), etree.HTMLParser(target=Tree(), encoding="utf-8", huge_tree=True))


@cache
def document_class(engine):
    """The engine's document, made of a tree instead of a text; nothing in it has an address."""
    import cssselect2

    class Root(cssselect2.ElementWrapper):
        def query_all(self, *tags: str):
            """The engine looks for titles, links and styles only, by their names."""
            return (SimpleNamespace(etree_element=one) for one in self.etree_element.iter() if one.tag in tags)

    class Document(engine.HTML):
        def __init__(self, html: str, fetcher):
            self.base_url, self.url_fetcher, self.media_type = None, fetcher, "print"
            self.wrapper_element = Root.from_html_root(tree_of(html), content_language=None)
            self.etree_element = self.wrapper_element.etree_element

    return Document
