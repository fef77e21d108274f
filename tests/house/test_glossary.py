"""docs/glossary.md is complete: whoever adds a word to the screen or to the code adds its line there."""

from pathlib import Path

import pytest
from django.apps import apps
from guardian.models.models import BaseObjectPermission

from accounts.roles import Role
from approvals.kinds import by_kind
from approvals.models import Material
from schools.models import School
from students.models import ImportFile, Student
from transfers.grounds import Ground, RefusalGround

DOCS = Path(__file__).resolve().parents[2] / "docs"
HOUSE = {
    "jobs", "law", "schools", "accounts", "approvals", "students", "archives", "transfers", "suspensions",
    "supervision", "reports",
}  # fmt: skip


def rows_of(text: str) -> list[tuple[str, ...]]:
    """The cells of every table row of a Markdown page, without the code marks around identifiers."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|--")]
    return [tuple(cell.strip().replace("`", "") for cell in line.strip("|").split("|")) for line in lines]


# States and moves of every kind stand in the page that is read off the machines.
ROWS = [row for page in ("glossary.md", "changes.md") for row in rows_of((DOCS / page).read_text(encoding="utf-8"))]
TERMS = {(row[0], row[1]) for row in ROWS}


def house_models() -> list[type]:
    """Our own tables; those that libraries derive (field history, rights of users and groups) have no words."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in HOUSE
        and not hasattr(model, "pgh_tracked_model")
        and not issubclass(model, BaseObjectPermission)
    ]


def named_states() -> list[tuple[str, str]]:
    """States carry the name of their kind, because several kinds have a DRAFT."""
    owners = [*by_kind().values(), Material, ImportFile]
    return [(str(each.label), f"{owner.__name__}.State.{each.name}") for owner in owners for each in owner.State]


def choices() -> list[tuple[str, str]]:
    """Roles, grounds and statuses of a child, named by their own list."""
    lists = (Role, Ground, RefusalGround, Student.Status)
    return [(str(each.label), f"{listed.__qualname__}.{each.name}") for listed in lists for each in listed]


def moves() -> list[tuple[str, str, str]]:
    """(label, identifier, article) of every move of every kind."""
    found = {}
    for model in by_kind().values():
        for transition in model._meta.get_field("state").get_all_transitions(model):
            described = transition.custom["move"]
            found[f"{model.__name__}.{transition.name}()"] = (described.label, str(described.article))
    return [(label, identifier, article) for identifier, (label, article) in found.items()]


def rights() -> list[tuple[str, str]]:
    return [(label, code) for code, label in School._meta.permissions]


@pytest.mark.parametrize("model", house_models(), ids=lambda model: model._meta.label)
def test_every_model_is_explained(model):
    assert (str(model._meta.verbose_name), model._meta.label) in TERMS


@pytest.mark.parametrize("pair", [*named_states(), *choices(), *rights()], ids=lambda pair: pair[1])
def test_every_state_role_right_and_ground_is_explained(pair):
    assert pair in TERMS


@pytest.mark.parametrize("move", moves(), ids=lambda move: move[1])
def test_every_move_is_explained_with_its_article(move):
    assert move in {row[:3] for row in ROWS}


def test_no_line_speaks_of_a_state_or_move_that_is_gone():
    known = {pair[1] for pair in named_states()} | {identifier for _, identifier, _ in moves()}
    written = {row[1] for row in ROWS if ".State." in row[1] or row[1].endswith("()")}
    assert written <= known
