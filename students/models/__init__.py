from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
from .registration import Registration, RegistrationEntry
from .traces import DataFix, Look

__all__ = [
    "DataFix",
    "Enrolment",
    "FamilyMember",
    "Look",
    "NumberKind",
    "Placement",
    "Registration",
    "RegistrationEntry",
    "Student",
    "StudentNumber",
]
