from .copies import SchoolCopy
from .custody import Chase, Handover, HandoverEntry, PaperPlace, Receipt, ReceiptLine, ReceiptScan, Volume
from .evidence import EvidencePack, PackFile, PackPart

__all__ = [
    "Chase",
    "EvidencePack",
    "Handover",
    "HandoverEntry",
    "PackFile",
    "PackPart",
    "PaperPlace",
    "Receipt",
    "ReceiptLine",
    "ReceiptScan",
    "SchoolCopy",
    "Volume",
]
