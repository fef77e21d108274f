from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
from .imports import ImportFile
from .record_change import RecordEntry
from .registration import Registration, RegistrationEntry
from .traces import DataFix, Look

# isort: split
# Kinds of change stand on the mechanism above, which needs the models before them.
from .correction import Correction, CorrectionItem

__all__ = [
    "Correction",
    "CorrectionItem",
    "DataFix",
    "Enrolment",
    "FamilyMember",
    "ImportFile",
    "Look",
    "NumberKind",
    "Placement",
    "RecordEntry",
    "Registration",
    "RegistrationEntry",
    "Student",
    "StudentNumber",
]
