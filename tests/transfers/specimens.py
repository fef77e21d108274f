"""One ordinary draft of each kind of this app."""

from schools.models import School
from tests.changes import again, decided, drafted, specimen
from tests.county import class_of, make_school
from transfers.models import Inclusion, InclusionEnd, OutwardTransfer
from transfers.models.inclusion import Ending

REQUEST = {"to_division": "150429", "to_school_name": "宁城县实验小学", "evidence": "系统截图"}


@specimen("outward")
def outward(county):
    return drafted(OutwardTransfer, county.child_at(county.no1, grade=3), **REQUEST)


def special_school(county) -> School:
    """The one special school of the county, built on first call."""
    known = School.objects.filter(kind=School.Kind.SPECIAL, bureau=county.bureau).first()
    return known or make_school(county.bureau, 51, "特殊教育学校", School.Kind.SPECIAL)


def included(county, special=None):
    """A child of the first school that sits at the special school; its record stayed."""
    child = county.child_at(county.no1, grade=3)
    decided(drafted(Inclusion, child, to_class=class_of(special or special_school(county), 3)))
    return again(child)


@specimen("inclusion")
def inclusion(county):
    return drafted(Inclusion, county.child_at(county.no1, grade=3), to_class=class_of(special_school(county), 3))


@specimen("inclusion_end")
def inclusion_end(county):
    return drafted(InclusionEnd, included(county), ending=Ending.RETURNS, to_class=class_of(county.no1, 3))
