from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
from .imports import ImportFile
from .registration import Registration, RegistrationEntry
from .traces import DataFix, Look

__all__ = [
    "DataFix",
    "Enrolment",
    "FamilyMember",
    "ImportFile",
    "Look",
    "NumberKind",
    "Placement",
    "Registration",
    "RegistrationEntry",
    "Student",
    "StudentNumber",
]
