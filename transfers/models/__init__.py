from .inclusion import Inclusion, InclusionEnd
from .outward import OutwardTransfer
from .transfer import Transfer

__all__ = ["Inclusion", "InclusionEnd", "OutwardTransfer", "Transfer"]
