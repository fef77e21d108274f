from .campaign import Campaign, CampaignEntry
from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
from .imports import ImportFile
from .record_change import RecordEntry
from .registration import Registration, RegistrationEntry
from .traces import DataFix, Look

__all__ = [
    "Campaign",
    "CampaignEntry",
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
