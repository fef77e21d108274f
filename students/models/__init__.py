from .campaign import Campaign, CampaignEntry
from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
from .home_teaching import HomeLesson
from .imports import ImportFile
from .problem import Problem
from .record_change import RecordEntry
from .registration import Registration, RegistrationEntry
from .traces import DataFix, Look

# Kinds of change stand beside their rules and need the models above.
from ..problems.proof import Proof  # noqa: E402 isort: skip
from ..problems.deletion import Deletion  # noqa: E402 isort: skip
from ..problems.merge import Merge  # noqa: E402 isort: skip
from .correction import Correction, CorrectionItem  # noqa: E402 isort: skip
from ..numbering.case import Numbering, NumberingRow  # noqa: E402 isort: skip
from ..roster.models import RosterChild, RosterEntry, RosterFile, RosterStanding  # noqa: E402 isort: skip
from ..roster.deferral import Deferral  # noqa: E402 isort: skip

__all__ = [
    "Campaign",
    "CampaignEntry",
    "Correction",
    "CorrectionItem",
    "DataFix",
    "Deferral",
    "Deletion",
    "Enrolment",
    "FamilyMember",
    "HomeLesson",
    "ImportFile",
    "Look",
    "Merge",
    "NumberKind",
    "Numbering",
    "NumberingRow",
    "Placement",
    "Problem",
    "Proof",
    "RecordEntry",
    "Registration",
    "RegistrationEntry",
    "RosterChild",
    "RosterEntry",
    "RosterFile",
    "RosterStanding",
    "Student",
    "StudentNumber",
]
