from .absence import AbsenceEntry, Mark, Visit
from .dropout import Dropout
from .return_to_school import ReturnToSchool
from .suspension import Suspension

__all__ = ["AbsenceEntry", "Dropout", "Mark", "ReturnToSchool", "Suspension", "Visit"]
