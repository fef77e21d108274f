from .outward import OutwardTransfer
from .transfer import Transfer

__all__ = ["OutwardTransfer", "Transfer"]
