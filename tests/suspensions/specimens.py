"""One ordinary draft of each kind of this app."""

from datetime import date

from students.models import Student
from suspensions.models import (
    Abroad,
    Custody,
    Death,
    Extension,
    HomeFromAbroad,
    Incapacity,
    Release,
    Resumption,
    Suspension,
)
from tests.changes import again, decided, drafted, specimen
from tests.county import LEGAL_DAY, class_of

ONE_YEAR = {"ground_note": "肺炎", "starts_on": LEGAL_DAY, "until": date(2027, 9, 14)}
AWAY = {"left_on": LEGAL_DAY, "country": "日本"}
DIED = {"died_on": date(2026, 9, 10), "learned_on": date(2026, 9, 11), "proved_on": date(2026, 9, 14)}


def suspended(county, **given) -> Student:
    """A child of the first school whose suspension has been decided."""
    child = county.child_at(county.no1, grade=3)
    decided(drafted(Suspension, child, **ONE_YEAR | given))
    return again(child)


def abroad(county) -> Student:
    child = county.child_at(county.no1, grade=3)
    decided(drafted(Abroad, child, **AWAY))
    return again(child)


def in_custody(county, **given) -> Student:
    child = county.child_at(county.no1, grade=3)
    decided(drafted(Custody, child, **given or {"to_school": county.no2}))
    return again(child)


@specimen("suspension")
def suspension(county):
    return drafted(Suspension, county.child_at(county.no1, grade=3), **ONE_YEAR)


@specimen("extension")
def extension(county):
    return drafted(Extension, suspended(county), until=date(2028, 9, 14), reason_note="仍在治疗")


@specimen("resumption")
def resumption(county):
    return drafted(Resumption, suspended(county), back_on=LEGAL_DAY, to_class=class_of(county.no1, 3))


@specimen("abroad")
def going_abroad(county):
    return drafted(Abroad, county.child_at(county.no1, grade=3), **AWAY)


@specimen("home_from_abroad")
def home_from_abroad(county):
    return drafted(HomeFromAbroad, abroad(county), back_on=LEGAL_DAY, to_class=class_of(county.no1, 3))


@specimen("incapacity")
def incapacity(county):
    return drafted(Incapacity, county.child_at(county.no1, grade=3), condition="重度脑损伤")


@specimen("custody")
def custody(county):
    return drafted(Custody, county.child_at(county.no1, grade=3), to_school=county.no2)


@specimen("release")
def release(county):
    return drafted(Release, in_custody(county), back_on=LEGAL_DAY, to_class=class_of(county.no1, 3))


@specimen("death")
def death(county):
    return drafted(Death, county.child_at(county.no1, grade=3), **DIED, cause="42")
