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
    "Mark",
    "Release",
    "Resumption",
    "ReturnToSchool",
    "Suspension",
    "Visit",
]
