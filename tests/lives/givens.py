"""What a draft of each kind says in a random life: always lawful in itself, so that only the record decides."""

from datetime import timedelta

from law.school_time import year_after
from students.models import Student
from suspensions.periods import period_of
from tests.county import class_of
from tests.suspensions.dropout_specimens import NEVER_CAME, visit
from tests.transfers.specimens import REQUEST

WEEK = timedelta(days=7)


def suspension(day, child):
    return {"ground_note": "肺炎", "starts_on": day, "until": year_after(day)}


def extension(day, child):
    period = period_of(child)
    return {"until": period.last_lawful_day if period else year_after(day), "reason_note": "仍在治疗"}


def back_in_class(day, child):
    return {"back_on": day, "to_class": class_of(child.school, 3)}


def abroad(day, child):
    return {"left_on": day, "country": "日本"}


def incapacity(day, child):
    return {"condition": "重度脑损伤"}


def custody(day, child):
    return {"since": day, "outside_school": "辽宁省专门学校"}


def dropout(day, child):
    """Three visits are paid where nobody has been yet; the law asks them before handing in."""
    if child.status == Student.Status.ENROLLED and child.visits.count() < 3:
        for number in range(3):
            visit(child, on=day - timedelta(days=number))
    told = {"reported_on": day, "township_receiver": "王文书", "township_receipt": "叶政收〔2026〕18号"}
    return NEVER_CAME | told


def return_to_school(day, child):
    return {"returned_on": day, "to_class": class_of(child.school, 3)}


def outward(day, child):
    return {"received_on": day, **REQUEST}


def death(day, child):
    return {"died_on": day - WEEK, "learned_on": day, "proved_on": day}


GIVENS = {
    "suspension": suspension,
    "extension": extension,
    "resumption": back_in_class,
    "abroad": abroad,
    "home_from_abroad": back_in_class,
    "incapacity": incapacity,
    "custody": custody,
    "release": back_in_class,
    "dropout": dropout,
    "return_to_school": return_to_school,
    "outward": outward,
    "death": death,
}
