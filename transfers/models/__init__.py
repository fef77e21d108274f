from .closing import ClosingEntry, SchoolClosing
from .outward import OutwardTransfer
from .transfer import Transfer

__all__ = ["ClosingEntry", "OutwardTransfer", "SchoolClosing", "Transfer"]
