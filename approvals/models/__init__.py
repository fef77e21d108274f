"""A case, its steps and its children; its papers; what stands beside it."""

from .beside import CeimsFiling, SeatHold
from .case import Case, CaseQuerySet, CaseSubject, Step
from .papers import Material, Scan

# The rows of the statutory clock stand beside their machine and need the models above.
from ..countdown.models import Countdown  # isort: skip

__all__ = [
    "Case",
    "CaseQuerySet",
    "CaseSubject",
    "CeimsFiling",
    "Countdown",
    "Material",
    "Scan",
    "SeatHold",
    "Step",
]
