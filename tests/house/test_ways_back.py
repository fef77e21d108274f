"""A block of a template knows only the addresses it names itself: a button that borrows one from another is not drawn.

Django forgets what `{% url … as list_url %}` named at the end of its block. Nothing complains: the “返回” beside a form
is simply missing, and whoever came to look must find the menu.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR, "templates")
BLOCK = re.compile(r"{% block (\w+) %}(.*?){% endblock %}", re.S)
NAMED = re.compile(r" as (\w+_url) %}")
USED = re.compile(r"\w=(\w+_url)\b|{{ (\w+_url) }}")
FOLDERS = sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir())


def borrowed(text: str) -> set[str]:
    """Addresses used in a block and named in another one only."""
    blocks = [body for _, body in BLOCK.findall(text)]
    everywhere = {name for body in blocks for name in NAMED.findall(body)}
    found = set()
    for body in blocks:
        used = {first or second for first, second in USED.findall(body)}
        found |= used & everywhere - set(NAMED.findall(body))
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_block_borrows_an_address(folder):
    found = {path.name: borrowed(path.read_text()) for path in TEMPLATES.joinpath(folder).rglob("*.html")}
    assert {name: names for name, names in found.items() if names} == {}
