from .cross_check import CrossCheck
from .details import (
    Aid,
    Award,
    CheckUp,
    Evaluation,
    FitnessTest,
    Growth,
    Mark,
    ProofPaper,
    Vaccination,
)
from .entry import Entry
from .scan import ArchiveFile, EntryScan
from .workbook import ArchiveWorkbook

__all__ = [
    "Aid",
    "ArchiveFile",
    "ArchiveWorkbook",
    "Award",
    "CheckUp",
    "CrossCheck",
    "Entry",
    "EntryScan",
    "Evaluation",
    "FitnessTest",
    "Growth",
    "Mark",
    "ProofPaper",
    "Vaccination",
]
