from .campaign import Campaign, CampaignEntry
from .catchment_change import CatchmentChange
from .certificate import Certificate
from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
from .frozen import FrozenRecord
from .home_teaching import HomeLesson
from .imports import ImportFile, RememberedColumn
from .intake import Application, DuplicateSearch, FiledScan
from .ledger_entry import LedgerEntry
from .problem import Problem
from .record_change import RecordEntry
from .registration import Registration, RegistrationEntry
from .returned import ReturnedList
from .traces import DataFix, Look

# Kinds of change stand beside their rules and need the models above.
from ..problems.proof import Proof  # noqa: E402 isort: skip
from ..problems.deletion import Deletion  # noqa: E402 isort: skip
from ..problems.merge import Merge  # noqa: E402 isort: skip
from .correction import Correction, CorrectionItem  # noqa: E402 isort: skip
from ..numbering.case import Numbering, NumberingRow  # noqa: E402 isort: skip
from ..plans.case import IntakePlan, PlanLine  # noqa: E402 isort: skip
from ..classing.class_change import ClassChange  # noqa: E402 isort: skip
from ..classing.class_move import ClassMove  # noqa: E402 isort: skip
from ..classing.home_move import HomeMove  # noqa: E402 isort: skip
from ..classing.placing import Placing, PlacingRow  # noqa: E402 isort: skip
from ..intake.overflow import Overflow  # noqa: E402 isort: skip
from ..roster.models import RosterChild, RosterEntry, RosterFile, RosterStanding  # noqa: E402 isort: skip
from ..roster.deferral import Deferral  # noqa: E402 isort: skip
from ..leavers.assignment import Assignment, AssignmentRow  # noqa: E402 isort: skip
from ..leavers.destination import LeaverDestination  # noqa: E402 isort: skip
from ..leavers.intake_case import Grade7Intake, IntakeRow  # noqa: E402 isort: skip
from ..year.assessment import Assessment, AssessmentRow  # noqa: E402 isort: skip
from ..year.graduation import Graduation  # noqa: E402 isort: skip
from ..year.promotion import Promotion, PromotionRun  # noqa: E402 isort: skip
from ..schooling_proofs.case import CertificateProof  # noqa: E402 isort: skip
from ..agreement.models import AgreementFile, Difference, DifferenceRuling  # noqa: E402 isort: skip
from ..checking.models import CheckRun  # noqa: E402 isort: skip
from ..duplicates.models import Likeness, LikenessRuling  # noqa: E402 isort: skip

__all__ = [
    "AgreementFile",
    "CheckRun",
    "Difference",
    "DifferenceRuling",
    "Likeness",
    "LikenessRuling",
    "Application",
    "Assessment",
    "AssessmentRow",
    "Assignment",
    "AssignmentRow",
    "Campaign",
    "CampaignEntry",
    "CatchmentChange",
    "Certificate",
    "CertificateProof",
    "ClassChange",
    "ClassMove",
    "Correction",
    "CorrectionItem",
    "DataFix",
    "Deferral",
    "Deletion",
    "DuplicateSearch",
    "Enrolment",
    "FamilyMember",
    "FiledScan",
    "FrozenRecord",
    "Grade7Intake",
    "Graduation",
    "HomeLesson",
    "HomeMove",
    "ImportFile",
    "IntakePlan",
    "IntakeRow",
    "LeaverDestination",
    "LedgerEntry",
    "Look",
    "Merge",
    "NumberKind",
    "Numbering",
    "NumberingRow",
    "Overflow",
    "Placement",
    "Placing",
    "PlacingRow",
    "PlanLine",
    "Problem",
    "Promotion",
    "PromotionRun",
    "Proof",
    "RecordEntry",
    "RememberedColumn",
    "ReturnedList",
    "Registration",
    "RegistrationEntry",
    "RosterChild",
    "RosterEntry",
    "RosterFile",
    "RosterStanding",
    "Student",
    "StudentNumber",
]
