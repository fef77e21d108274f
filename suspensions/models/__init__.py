from .suspension import Suspension

__all__ = ["Suspension"]
