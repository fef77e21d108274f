from .abroad import Abroad, HomeFromAbroad
from .absence import AbsenceEntry, Mark, Visit
from .arrival import Arrival, Coming
from .custody import Custody, Release
from .death import Death
from .dropout import Dropout
from .extension import Extension
from .incapacity import Incapacity
from .resumption import Resumption
from .return_to_school import ReturnToSchool
from .suspension import Suspension

# The board of leavers stands beside its rules and needs the models above.
from ..leavers_board.inquiry import LeaverInquiry  # noqa: E402 isort: skip
from ..leavers_board.pairing import Pairing, PairingRow  # noqa: E402 isort: skip

__all__ = [
    "Abroad",
    "AbsenceEntry",
    "Arrival",
    "Coming",
    "Custody",
    "Death",
    "Dropout",
    "Extension",
    "HomeFromAbroad",
    "Incapacity",
    "LeaverInquiry",
    "Mark",
    "Pairing",
    "PairingRow",
    "Release",
    "Resumption",
    "ReturnToSchool",
    "Suspension",
    "Visit",
]
