from .closing import ClosingEntry, SchoolClosing
from .inclusion import Inclusion, InclusionEnd
from .outward import OutwardTransfer
from .placement import SchoolPlacement
from .transfer import Transfer

__all__ = [
    "ClosingEntry",
    "Inclusion",
    "InclusionEnd",
    "OutwardTransfer",
    "SchoolClosing",
    "SchoolPlacement",
    "Transfer",
]
