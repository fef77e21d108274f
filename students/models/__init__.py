from .campaign import Campaign, CampaignEntry
from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
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
from ..leavers.assignment import Assignment, AssignmentRow  # noqa: E402 isort: skip
from ..leavers.destination import LeaverDestination  # noqa: E402 isort: skip
from ..leavers.intake_case import Grade7Intake, IntakeRow  # noqa: E402 isort: skip

__all__ = [
    "Assignment",
    "AssignmentRow",
    "Campaign",
    "CampaignEntry",
    "Correction",
    "CorrectionItem",
    "DataFix",
    "Deletion",
    "Enrolment",
    "FamilyMember",
    "Grade7Intake",
    "ImportFile",
    "IntakeRow",
    "LeaverDestination",
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
    "Student",
    "StudentNumber",
]
