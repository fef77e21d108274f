"""Long work of this app, found by the jobs when Django starts; each module registers its own."""

from .batches import job as _batches  # noqa: F401
from .books import job_handlers as _books  # noqa: F401
from .evidence import job as _evidence  # noqa: F401
