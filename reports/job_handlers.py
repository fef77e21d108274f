"""Long work of the papers; each module registers its own."""

from .evidence import job as _evidence  # noqa: F401
