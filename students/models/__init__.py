from .campaign import Campaign, CampaignEntry
from .certificate import Certificate
from .child import FamilyMember, NumberKind, Student, StudentNumber
from .enrolment import Enrolment, Placement
from .frozen import FrozenRecord
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
from ..year.assessment import Assessment, AssessmentRow  # noqa: E402 isort: skip
from ..year.graduation import Graduation  # noqa: E402 isort: skip
from ..year.promotion import Promotion, PromotionRun  # noqa: E402 isort: skip
from ..schooling_proofs.case import CertificateProof  # noqa: E402 isort: skip

__all__ = [
    "Assessment",
    "AssessmentRow",
    "Campaign",
    "CampaignEntry",
    "Certificate",
    "CertificateProof",
    "Correction",
    "CorrectionItem",
    "DataFix",
    "Deletion",
    "Enrolment",
    "FamilyMember",
    "FrozenRecord",
    "Graduation",
    "ImportFile",
    "Look",
    "Merge",
    "NumberKind",
    "Numbering",
    "NumberingRow",
    "Placement",
    "Problem",
    "Promotion",
    "PromotionRun",
    "Proof",
    "RecordEntry",
    "Registration",
    "RegistrationEntry",
    "Student",
    "StudentNumber",
]
