"""Columns that PostgreSQL holds sealed and Python reads plain; see :mod:`.columns`."""

from collections.abc import Callable

from django.db import DataError, models

from . import columns
from .errors import VaultError

# Equality survives sealing; likeness and order do not. The last two are how history triggers ask what differs.
ASKED = ("exact", "in", "isnull", "df", "ndf")


class SealedText(models.CharField):
    """Text sealed under the key of its family. `max_length` is that of the plain text, which forms and imports ask for.

    Only equality can be asked of it: `filter(phone=…)` seals what is looked for, any other lookup is refused.
    """

    def __init__(self, *args, family: str = "", **options):
        self.family = family
        super().__init__(*args, **options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"family": self.family}

    def get_internal_type(self):
        return "TextField"

    def get_lookup(self, lookup_name):
        return super().get_lookup(lookup_name) if lookup_name in ASKED else None

    def get_transform(self, lookup_name):
        return None

    def from_db_value(self, value, expression, connection):
        return columns.open_text(value) if value else value

    def get_prep_value(self, value):
        """Sealed for the database. DataError for a text that is too long, as a column of that length has it."""
        if isinstance(value, columns.Sealed) or not isinstance(value, str):
            return super().get_prep_value(value)
        return self.sealer()(value) if value else value

    def sealer(self) -> Callable[[str], str]:
        """What seals the texts of this column, for whoever writes thousands of them; as `get_prep_value`."""
        seal, limit = columns.cipher_of(self.family).seal, self.max_length

        def sealed(text: str) -> str:
            if limit is not None and len(text) > limit:
                raise DataError(f"value too long for {self.name}: at most {limit} characters")
            return seal(text)

        return sealed


class CopiedText(models.CharField):
    """Text that a statement copies from columns, sealed ones and others: read plain, written as it comes.

    What does not open was no column's: a workbook may say in any cell what looks like a token.
    """

    def from_db_value(self, value, expression, connection):
        try:
            return columns.open_text(value) if value else value
        except VaultError:
            return value


class SealedJSON(models.JSONField):
    """Copies of columns by their names: what is sealed in its column is sealed here, by the same key."""

    def from_db_value(self, value, expression, connection):
        return columns.opened(super().from_db_value(value, expression, connection))

    def get_prep_value(self, value):
        return columns.sealed(super().get_prep_value(value)) if isinstance(value, (dict, list)) else value
