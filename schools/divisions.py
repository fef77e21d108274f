"""Scope of a move between two places: province, city, county prefixes of the division codes decide, never a person."""

from enum import StrEnum


class Scope(StrEnum):
    COUNTY = "县内"
    CITY = "市内跨县"
    PROVINCE = "省内跨市"
    NATION = "跨省"


def scope_between(one: str, other: str) -> Scope:
    """Scope of a move between two division codes (six digits or more)."""
    if one[:2] != other[:2]:
        return Scope.NATION
    if one[:4] != other[:4]:
        return Scope.PROVINCE
    return Scope.COUNTY if one[:6] == other[:6] else Scope.CITY
