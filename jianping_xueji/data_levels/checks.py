"""System checks over the levels: nothing unlabelled, no key on a page of the admin, no child below 敏感个人信息."""

from collections.abc import Iterator

from django.core.checks import Error, register
from django.db import models

from .levels import Level, all_fields, level_of, rows, unlabelled

KEYS = ("wrapped_key", "password")
SEALED = ("cipher", "sealed")
CHILDREN = ("students.Student", "students.FamilyMember")


@register
def fields_have_levels(app_configs, **kwargs) -> list[Error]:
    """Every field has a level and every line of the table a field."""
    missing = [Error(f"{name} 没有数据级别，请在 levels.csv 补一行", id="xueji.E101") for name in unlabelled()]
    known = {(f.model._meta.label, f.name) for f in all_fields()} | {(f.model._meta.label, "*") for f in all_fields()}
    stale = [
        Error(f"levels.csv 的 {model}.{field} 已不存在", id="xueji.E102") for model, field in rows().keys() - known
    ]
    return missing or stale or [*_too_low()]


def _too_low() -> Iterator[Error]:
    for field in all_fields():
        level = level_of(field)
        if _is_a_key(field) and level < Level.SECRET:
            yield Error(f"{field} 是密钥或密文，级别应为 SECRET", id="xueji.E103")
        elif _names_a_child(field) and level < Level.CHILD:
            yield Error(f"{field} 指向学生，级别应为 CHILD", id="xueji.E104")


def _is_a_key(field: models.Field) -> bool:
    sealed = isinstance(field, models.BinaryField) and any(word in field.name for word in SEALED)
    return sealed or field.name in KEYS


def _names_a_child(field: models.Field) -> bool:
    """A history table names its child by the row it follows, and says so in that table's own columns."""
    related = field.related_model
    return (
        bool(related)
        and field.name != "pgh_obj"
        and related._meta.label in ("students.Student", "students.FamilyMember")
    )


def shown_in(admin) -> set[str]:
    """Names of the fields a page of this admin shows or searches."""
    found = {*admin.list_display, *admin.readonly_fields, *admin.search_fields, *(admin.fields or ())}
    return {str(name).partition("__")[0] for name in found}


def secrets_shown(site) -> list[str]:
    """Fields of level SECRET on any page of an admin site."""
    return [
        f"{model._meta.label}.{field.name}"
        for model, admin in site._registry.items()
        for field in model._meta.concrete_fields
        if field.name in shown_in(admin) and level_of(field) == Level.SECRET
    ]
