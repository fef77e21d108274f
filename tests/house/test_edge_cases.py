"""docs/edge-cases.md maps every one of the seventy cases to a test that exists, or to the later work that owns it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "edge-cases.md"
ALL = 70
LATER = re.compile(r"later: (school year|archive and books|statutory clock|workbooks|safeguards)")


def rows() -> dict[int, tuple[str, str]]:
    """number → (situation, proof)."""
    cells = [line.strip().strip("|").split("|") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return {int(c[0]): (c[1].strip(), c[2].strip()) for c in cells if len(c) == 3 and c[0].strip().isdecimal()}


ROWS = rows()


def test_all_seventy_are_there():
    assert sorted(ROWS) == list(range(1, ALL + 1))


@pytest.mark.parametrize("number", sorted(ROWS))
def test_the_proof_exists(number):
    _, proof = ROWS[number]
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", proof)
    assert named or LATER.search(proof), proof
    for path, name in named:
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), f"{path}::{name}"
