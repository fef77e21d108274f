"""A frozen copy made readable: the record as on the day of leaving, drawn like a child's page, numbers masked."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from schools.models import School
from students.models import FamilyMember, FrozenRecord, Student, StudentNumber
from students.record import family_of, groups_of

from ..kinds import KINDS, PARTS
from ..models import Entry
from ..models.copies import kept_by


def graduates_of(school_ids: Iterable[int]) -> QuerySet[FrozenRecord]:
    """The copies made at graduations of these schools, and of schools whose archives they have taken over."""
    return FrozenRecord.objects.filter(kept_by("graduation__lead_school", school_ids))


def record_of(content: dict) -> Student:
    """The child as the copy describes it, not saved and not read from the register."""
    child = _unsaved(Student, content["student"])
    numbers = [_unsaved(StudentNumber, row) for row in content["numbers"] or []]
    family = [_unsaved(FamilyMember, row) for row in content["family"] or []]
    child._prefetched_objects_cache = {
        "numbers": numbers,
        "family": sorted(family, key=lambda member: member.position_in_form),
    }
    return child


def _unsaved(model, row: dict):
    """A row as the copy keeps it; sealed bytes stay sealed and are left out."""
    fields = [f for f in model._meta.concrete_fields if f.attname in row and f.get_internal_type() != "BinaryField"]
    return model(**{f.attname: f.to_python(row[f.attname]) for f in fields})


def page_of_copy(content: dict) -> dict:
    """Groups of the form, family, and the schools the child had been to, as the copy tells them."""
    child = record_of(content)
    names = School.objects.in_bulk({row["school_id"] for row in content["enrolments"] or []})
    lives = [
        {"school": names.get(row["school_id"]), "how": row["came_how"], "span": span_of(row["during"])}
        for row in content["enrolments"] or []
        if not row["voided"]
    ]
    told = {"groups": groups_of(child), "family": family_of(child), "archive": archive_of(content)}
    return told | {"child": child, "lives": lives}


def archive_of(content: dict) -> list[dict]:
    """The entries of the archive as the copy tells them, the latest version of each; none in a copy of old."""
    entries = content.get("archive", [])
    later = {entry["replaces_id"] for entry in entries}
    return [
        {
            "part": PARTS[entry["part"]],
            "label": KINDS[entry["kind"]].label,
            "when": Entry(year=entry["year"], term=entry["term"]).when,
            "entered_on": date.fromisoformat(entry["entered_on"]),
            "void": entry["void"],
            "files": len(entry["files"]),
        }
        for entry in entries
        if entry["id"] not in later
    ]


def span_of(during: str) -> str:
    """[2024-09-01,2026-09-15) → 2024-09-01 至 2026-09-15."""
    first, _, last = during.strip("[)(]").partition(",")
    return f"{first} 至 {last or '今'}"


def is_whole(table: str, pk: int) -> bool:
    """Whether the content still has the digest that was written with it; asked of the database, which wrote both."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT encode(sha256(convert_to(content::text, 'UTF8')), 'hex') = digest FROM {table} WHERE id = %s", [pk]
        )
        return cursor.fetchone()[0]
