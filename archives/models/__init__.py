from .copies import SchoolCopy
from .cross_check import CrossCheck
from .custody import Chase, Handover, HandoverEntry, PaperPlace, Receipt, ReceiptLine, ReceiptScan, Volume
from .details import Aid, Award, CheckUp, Evaluation, FitnessTest, Growth, Mark, ProofPaper, Vaccination
from .entry import Entry
from .evidence import EvidencePack, PackFile, PackPart
from .scan import ArchiveFile, EntryScan
from .workbook import ArchiveWorkbook

__all__ = [
    "Aid",
    "ArchiveFile",
    "ArchiveWorkbook",
    "Award",
    "Chase",
    "CheckUp",
    "CrossCheck",
    "Entry",
    "EntryScan",
    "Evaluation",
    "EvidencePack",
    "FitnessTest",
    "Growth",
    "Handover",
    "HandoverEntry",
    "Mark",
    "PackFile",
    "PackPart",
    "PaperPlace",
    "ProofPaper",
    "Receipt",
    "ReceiptLine",
    "ReceiptScan",
    "SchoolCopy",
    "Vaccination",
    "Volume",
]
