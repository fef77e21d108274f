"""A class whose children have been at the school for a year, and the people who keep its archive."""

from datetime import date

import pytest

from accounts.roles import Role
from law import clock
from students.models import Enrolment, Placement
from tests.county import class_of

LAST_YEAR = date(2025, 9, 1)


def long_here(*children):
    """These children entered the school a year ago, so that the results of last term are owed."""
    for child in children:
        Enrolment.objects.filter(student=child).update(during=(LAST_YEAR, None))
        Placement.objects.filter(enrolment__student=child).update(starts=LAST_YEAR)
    return children[0] if len(children) == 1 else children


@pytest.fixture
def people(staff, no1, no2, bureau, child_at):
    """Everybody who has, or has not, a part in the archives of grade three of the first school."""
    teacher = staff(Role.CLASS_TEACHER, no1)
    teacher.appointments.update(school_class=class_of(no1, 3))
    return {
        "teacher": teacher,
        "registrar": staff(Role.REGISTRAR, no1),
        "headmaster": staff(Role.HEADMASTER, no1),
        "clerk": staff(Role.BUREAU_CLERK, bureau),
        "stranger": staff(Role.REGISTRAR, no2),
    }


@pytest.fixture
def pupil(child_at, no1):
    return long_here(child_at(no1, grade=3, name="张小禾"))


@pytest.fixture
def third(no1):
    return class_of(no1, 3)


@pytest.fixture
def on():
    """on(day): the law thinks it is that day inside the block."""
    return clock.at


@pytest.fixture
def as_(client, people):
    """as_("teacher") → a browser in which that person of `people` is signed in."""

    def enter(who):
        client.force_login(people[who])
        return client

    return enter
