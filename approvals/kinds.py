"""The kinds of change: every concrete subclass of Case, found by its `kind`."""

from functools import cache

from django.apps import apps


@cache
def by_kind() -> dict[str, type]:
    """kind → model, over all installed apps."""
    case = apps.get_model("approvals", "Case")
    return {model.kind_code: model for model in apps.get_models() if issubclass(model, case) and model is not case}


def model_of(kind: str) -> type:
    """The model of a kind. Raises KeyError for an unknown one."""
    return by_kind()[kind]


def labels() -> list[tuple[str, str]]:
    """(kind, Chinese name) of every kind, for filters."""
    return sorted((kind, str(model._meta.verbose_name)) for kind, model in by_kind().items())
