"""What a draft of each kind says in a random life: always lawful in itself, so that only the record decides."""

from datetime import timedelta

from law.school_time import school_year_of, year_after
from schools.models import School
from students.idnumber import birth_of
from students.models import Enrolment, Student
from suspensions.periods import period_of
from tests.county import LEGAL_DAY, class_of
from tests.suspensions.dropout_specimens import NEVER_CAME, visit
from tests.transfers.specimens import REQUEST

WEEK = timedelta(days=7)
BEGAN_IN = 3
# Names nobody bears yet: a correction that changes nothing is refused.
SURNAMES = "赵钱孙李周吴郑王"


def grade_on(day) -> int:
    """The grade of the children of these lives on that day: they are all of one cohort."""
    return BEGAN_IN + school_year_of(day) - school_year_of(LEGAL_DAY)


def own_class(school, day):
    return class_of(school, grade_on(day))


def other_sort_of(child) -> School:
    """A special school for a child of an ordinary one, and the other way round (第二十五条)."""
    special = child.school.kind == School.Kind.SPECIAL
    schools = School.objects.filter(bureau=child.school.bureau_id).order_by("pk")
    found = schools.exclude(kind=School.Kind.SPECIAL) if special else schools.filter(kind=School.Kind.SPECIAL)
    return found.first()


def suspension(day, child):
    return {"ground_note": "肺炎", "starts_on": day, "until": year_after(day)}


def extension(day, child):
    period = period_of(child)
    return {"until": period.last_lawful_day if period else year_after(day), "reason_note": "仍在治疗"}


def back_in_class(day, child):
    return {"back_on": day, "to_class": own_class(child.school, day)}


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
    return {"returned_on": day, "to_class": own_class(child.school, day)}


def outward(day, child):
    return {"received_on": day, **REQUEST}


def death(day, child):
    return {"died_on": day - WEEK, "learned_on": day, "proved_on": day}


def correction(day, child):
    """The birth date that the ID number says, where a merge has brought another number; else a name not borne yet."""
    if child.problem:
        return {"reason_note": "合并后按证件更正", "changes": {"birth_date": birth_of(child.id_number.plain())}}
    name = child.name
    renamed = SURNAMES[(SURNAMES.find(name[0]) + 1) % len(SURNAMES)] + name.lstrip(SURNAMES)
    return {"reason_note": "户口簿已更名", "changes": {"name": renamed}}


def inclusion(day, child):
    """The record stays on odd days of the month and follows on even ones."""
    record = "stays" if day.day % 2 else "follows"
    return {"to_class": own_class(other_sort_of(child), day), "record": record}


def inclusion_end(day, child):
    if day.day % 2 == 0 and Enrolment.objects.living().filter(student=child).exclude(attends=None).exists():
        return {"ending": "follows", "to_class": None}
    return {"ending": "returns", "to_class": own_class(child.school, day)}


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
    "correction": correction,
    "inclusion": inclusion,
    "inclusion_end": inclusion_end,
}
