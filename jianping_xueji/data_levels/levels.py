"""How sensitive each stored field is: a level on every field of every model, ours and the libraries'.

Children under fourteen: everything about them is 敏感个人信息 (个人信息保护法第二十八条). `levels.csv` names a level
for a model (`*`) and for the fields of it that differ. A history table has the levels of the table it follows.
"""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import models


class Level(models.IntegerChoices):
    """From what anybody may know to what nobody ever reads."""

    OPEN = 1, "公开"
    OFFICE = 2, "内部"
    PERSON = 3, "个人信息"
    CHILD = 4, "敏感个人信息"
    SECRET = 5, "密钥与密文"


@cache
def rows() -> dict[tuple[str, str], Level]:
    """(app.Model, field or *) → level, as `levels.csv` says."""
    with (Path(__file__).parent / "levels.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["model"], row["field"]): Level[row["level"]] for row in csv.DictReader(lines)}


def level_of(field: models.Field) -> Level:
    """The level of a concrete field. Raises KeyError when neither it nor its model has one."""
    model = field.model
    if tracked := getattr(model, "pgh_tracked_model", None):
        return Level.OFFICE if field.name.startswith("pgh_") else level_of(tracked._meta.get_field(field.name))
    known = rows()
    return known.get((model._meta.label, field.name)) or known[model._meta.label, "*"]


def own_fields(model: type[models.Model]) -> list[models.Field]:
    """Columns that this model adds to its parents'."""
    return [field for field in model._meta.concrete_fields if field.model is model]


def unlabelled() -> Iterator[str]:
    """Models of which a field has no level, each once."""
    found = {}
    for field in all_fields():
        try:
            level_of(field)
        except KeyError:
            found[field.model._meta.label] = None
    yield from found


def all_fields() -> Iterator[models.Field]:
    """Every column of every model, models of libraries and of many-to-many tables included."""
    for model in apps.get_models(include_auto_created=True):
        yield from own_fields(model)
