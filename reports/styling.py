"""The stylesheet of the forms, of which a paper reads only the rules that could speak of it.

The engine asks every rule about every cell, and most rules are other forms' rules: a twentieth of the time of a page.
"""

import re
from functools import cache

from django.template.loader import get_template

STYLESHEET = "reports/print.css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"\s*([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}")  # a page's margins are braces within its braces
NAMED = re.compile(r"\.([A-Za-z][\w-]*)")
CLASS = re.compile(r'\sclass="([^"]*)"')
# Depend on how long a text is: read by every paper, or each mixture of lengths would have a stylesheet of its own.
OF_LENGTH = frozenset({"long", "longer", "sans"})


@cache
def rules() -> list[tuple[str, str]]:
    """Selectors and declarations of each rule of the stylesheet, in order."""
    return RULE.findall(COMMENT.sub("", get_template(STYLESHEET).template.source))


@cache
def classes_known() -> frozenset[str]:
    return frozenset(name for selectors, _ in rules() for name in NAMED.findall(selectors))


def classes_in(html: str) -> frozenset[str]:
    """The classes of a paper that the stylesheet speaks of."""
    return OF_LENGTH | (classes_known() & {name for names in CLASS.findall(html) for name in names.split()})


def stylesheet_for(classes: frozenset[str]) -> str:
    """The rules that can match an element of a paper with these classes, all others left out."""
    return "\n".join(
        f"{', '.join(spoken)} {{{declarations}}}"
        for selectors, declarations in rules()
        if (spoken := [one.strip() for one in selectors.split(",") if classes.issuperset(NAMED.findall(one))])
    )
