from .inclusion import Inclusion, InclusionEnd
from .outward import OutwardTransfer
from .placement import SchoolPlacement
from .transfer import Transfer

__all__ = ["Inclusion", "InclusionEnd", "OutwardTransfer", "SchoolPlacement", "Transfer"]
