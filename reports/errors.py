"""Why nothing came out of the printer, in words for the person waiting at the counter."""

from collections.abc import Iterable

from approvals.errors import Refused


class PrintRefused(Refused):
    """Base of all refusals to print; `sentences` is what the page shows."""


class PrintingUnavailable(PrintRefused):
    """This machine lacks fonts or the layout library; the sentence says what to install."""


class NotPrintable(PrintRefused):
    """The form says something that is not (or not yet) true of this case."""


class OutsideFetch(PrintRefused):
    """A form asked for something outside itself; nothing was fetched and nothing printed."""

    def __init__(self, address: str):
        super().__init__(f"表格内容引用了外部资源（{address[:60]}），已拦截，未打印。请联系系统管理员检查该表的内容。")
        self.address = address


class MissingGlyph(PrintRefused):
    """Characters that no allowed font can draw: an official paper never shows a box in a name."""

    def __init__(self, sentences: Iterable[str]):
        super().__init__(*sentences)


class BadOutput(PrintRefused):
    """The finished PDF shows boxes, blanks or a foreign font."""
