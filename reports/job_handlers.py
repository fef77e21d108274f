"""Long work of this app, found by the jobs when Django starts."""

from .books import job_handlers as _books  # noqa: F401 — registers its own
