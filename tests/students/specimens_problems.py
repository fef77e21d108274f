"""One ordinary draft of each remedy of 问题学籍."""

from students.models import Deletion, Merge, Problem, Proof, Student, StudentNumber
from students.problems.detection import detect_county
from tests.changes import drafted, specimen

TOLD = {"explanation": "查户口簿，情况属实"}


def without_id(child):
    """The same child without an ID number: the row goes, as if it had never been entered."""
    StudentNumber.objects.filter(student=child, kind="id").delete()
    return child


def namesakes(child_at, *schools, grade=3, **basics):
    """Children of one name, sex and birth date at these schools; only the first holds an ID number."""
    children = [child_at(school, grade=grade, name="样例同", **basics) for school in schools]
    for child in children[1:]:
        Student.objects.filter(pk=child.pk).update(birth_date=children[0].birth_date)
        without_id(child)
    return [Student.objects.get(pk=child.pk) for child in children]


def found_pair(child_at, *schools, grade=3):
    """Two namesakes and the finding about them."""
    one, two = namesakes(child_at, *schools, grade=grade)
    detect_county()
    return one, two, Problem.objects.get(what="namesake", child=one, other=two)


def drafted_merge(kept, gone, **given):
    return drafted(Merge, kept, kept=kept, gone=gone, **{"attends": kept.school} | TOLD | given)


@specimen("proof")
def proof(county):
    one, _, problem = found_pair(county.child_at, county.no1, county.no2)
    return drafted(Proof, one, problem=problem, **TOLD)


@specimen("deletion")
def deletion(county):
    one, _, _ = found_pair(county.child_at, county.no1, county.no2)
    return drafted(Deletion, one, why="duplicate", sits_at="建平县第二小学", **TOLD)


@specimen("merge")
def merge(county):
    one, two, _ = found_pair(county.child_at, county.no1, county.no2)
    return drafted_merge(one, two)
