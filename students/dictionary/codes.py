"""Code tables: a cell may hold the code, the name, "code-name" or a registered alias; nothing is guessed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from students.dictionary.tables import rows_of

_NOISE = re.compile(r"[\s()\[\]【】、,/·.\-—_]+")
_CODE_AND_NAME = re.compile(r"([0-9A-Za-z]{1,3})\s*[-—－:：.、 ]\s*(\D.*)")


@dataclass(frozen=True, slots=True)
class Code:
    """One row of a code table; `offered` is False for values that pupils never have."""

    code: str
    name: str
    status: str
    offered: bool


class CodeTable:
    """One table of codes, for example 民族."""

    def __init__(self, name: str, rows: list[dict[str, str]]):
        self.name = name
        self.codes: dict[str, Code] = {}
        self._lookup: dict[str, str] = {}
        for row in rows:
            code = Code(row["code"], row["name"], row["status"], row["offered"] == "Y")
            self.codes[code.code] = code
            self._register(code, row["aliases"].split("|") if row["aliases"] else [])

    def _register(self, code: Code, aliases: list[str]) -> None:
        """A text that two codes share keeps its first meaning (the table lists compulsory education first)."""
        for text in (code.code, code.code.lstrip("0") or "0", code.code.zfill(2), code.name, *aliases):
            self._lookup.setdefault(self._plain(text), code.code)

    def _plain(self, text: str) -> str:
        plain = _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
        if self.name == "mz" and len(plain) > 1:
            plain = plain.removesuffix("族")
        return plain

    def resolve(self, value: str) -> str | None:
        """The code that `value` means, or None; "01-汉族" must agree with itself."""
        text = unicodedata.normalize("NFKC", value).strip()
        found = self._lookup.get(self._plain(text))
        if found is not None:
            return found
        pair = _CODE_AND_NAME.fullmatch(text)
        if not pair:
            return None
        left, right = (self._lookup.get(self._plain(part)) for part in pair.groups())
        if left != right and right is not None and self.name_of(left) == self.name_of(right):
            return left  # one name under two codes: the written code decides
        return left if left == right else None

    def name_of(self, code: str | None) -> str:
        """The name that the template wants for `code`; "" when there is no such code."""
        found = self.codes.get(code or "")
        return found.name if found else ""

    def offered(self) -> list[Code]:
        """The codes that a form offers for pupils."""
        return [code for code in self.codes.values() if code.offered]


@cache
def _tables() -> dict[str, CodeTable]:
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in rows_of("codes"):
        grouped.setdefault(row["table"], []).append(row)
    return {name: CodeTable(name, rows) for name, rows in grouped.items()}


def table(name: str) -> CodeTable:
    """The code table `name` ("mz", "xb" …); KeyError when there is none."""
    return _tables()[name]


def choices(name: str) -> list[tuple[str, str]]:
    """(code, name) pairs of a table for a form field."""
    return [(code.code, code.name) for code in table(name).offered()]


# The import template knows five relations; the record keeps the finer national code.
_TEMPLATE_RELATIONS = {"51": "51", "52": "52", "60": "60", "70": "70"}


def template_relation(code: str) -> str:
    """The name of a relation as the CEIMS template offers it (父亲, 母亲, 祖父母或外祖父母, 兄弟姐妹, 其他)."""
    broad = _TEMPLATE_RELATIONS.get(code)
    if not broad and len(code) == 2:
        broad = {"6": "60", "7": "70"}.get(code[0])
    return table("jtgx").name_of(broad or "80")
