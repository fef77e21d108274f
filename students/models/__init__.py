from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
from .registration import Registration, RegistrationEntry

__all__ = [
    "Enrolment",
    "FamilyMember",
    "NumberKind",
    "Placement",
    "Registration",
    "RegistrationEntry",
    "Student",
    "StudentNumber",
]
