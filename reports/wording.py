"""Small phrases that several forms share."""

from datetime import date

from students.models import FamilyMember, Student


def day(value: date | str | None) -> str:
    """2026年9月15日; takes the ISO text of a signed step as well; empty for no date."""
    if not value:
        return ""
    value = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{value.year}年{value.month}月{value.day}日"


def month(value: str) -> str:
    """202409 → 2024年9月."""
    return f"{value[:4]}年{int(value[4:])}月" if len(value) == 6 and value.isdecimal() else value


def guardians_of(child: Student) -> list[FamilyMember]:
    """At most two, guardians first."""
    return sorted(child.family.all(), key=lambda m: (not m.is_guardian, m.position_in_form))[:2]


def addressee(child: Student) -> str:
    """Whom a letter is written to: the first guardian by name, else the guardians of the child."""
    first = next(iter(guardians_of(child)), None)
    return first.name if first else f"{child.name}的父母或其他法定监护人"
