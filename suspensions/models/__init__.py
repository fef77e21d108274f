from .abroad import Abroad, HomeFromAbroad
from .custody import Custody, Release
from .death import Death
from .extension import Extension
from .incapacity import Incapacity
from .resumption import Resumption
from .suspension import Suspension

__all__ = [
    "Abroad",
    "Custody",
    "Death",
    "Extension",
    "HomeFromAbroad",
    "Incapacity",
    "Release",
    "Resumption",
    "Suspension",
]
