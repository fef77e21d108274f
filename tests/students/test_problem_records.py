"""第八条: what is found, what never is, and what 佐证 and 删除 do about it."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import RulesBroken
from law import clock
from students import enrolments
from students.changes import start_change, verdict_on
from students.models import Deletion, Enrolment, Problem, Proof, Student, StudentNumber
from students.problems.claims import claimed, registered_elsewhere
from students.problems.detection import detect_county, recheck
from suspensions.models import Suspension
from tests.changes import again, decided, drafted, undone
from tests.county import id_number
from tests.students.specimens_problems import TOLD, found_pair

NOTHING = {what: 0 for what in Problem.What.values}


def give(child, number):
    StudentNumber.objects.filter(student=child).filter(kind="id").delete()
    enrolments.sealed_number(child, "id", number, clock.today()).save()


def test_an_ordinary_county_has_no_problem(child_at, no1, no2):
    for school in (no1, no2):
        child_at(school)
    assert detect_county() == NOTHING


def test_twins_and_namesakes_with_two_numbers_are_two_people(child_at, no1):
    """edge case 27: same birthday and address, consecutive numbers, even the same name."""
    one, two = (child_at(no1, name="样例双", home_address="某镇某村一组") for _ in range(2))
    Student.objects.filter(pk=two.pk).update(birth_date=one.birth_date)
    for child, sequence in ((one, 51), (two, 52)):
        give(child, id_number(one.birth_date, sequence, "1"))
    assert detect_county() == NOTHING


def test_namesakes_without_a_number_are_flagged_once_and_proof_is_for_ever(child_at, no1, no2):
    """edge cases 26 and 30: allowed without a number, suspected, cleared for ever."""
    one, two, problem = found_pair(child_at, no1, no2)
    assert (again(one).problem, again(two).problem) == ("疑似重复建籍", "疑似重复建籍")
    assert detect_county()["namesake"] == Problem.objects.count() == 1
    case = decided(drafted(Proof, two, problem=problem, **TOLD))
    detect_county()
    recheck([one.pk])
    problem.refresh_from_db()
    assert (problem.state, problem.resolved_by_id, again(one).problem, again(two).problem) == (
        "proved",
        case.pk,
        "",
        "",
    )
    undone(case)
    assert again(one).problem == "疑似重复建籍"


def test_a_school_reads_of_findings_about_its_own_children_only(client, child_at, no1, no2, no3, staff):
    found_pair(child_at, no1, no2)
    for school, number in ((no1, 1), (no2, 1), (no3, 0)):
        client.force_login(staff(Role.REGISTRAR, school))
        assert client.get(reverse("students:problems")).context["count"] == number, school


def test_a_problem_blocks_ordinary_changes_until_it_is_solved(child_at, no1, no2):
    """edge case 3."""
    one, _, problem = found_pair(child_at, no1, no2)
    assert verdict_on(Suspension, again(one)).word == "no"
    decided(drafted(Proof, one, problem=problem, **TOLD))
    assert verdict_on(Suspension, again(one)).word == "yes"


def test_wrong_check_digit_and_differing_birth_are_found_only_for_type_1(child_at, no1):
    """edge cases 28, 29, 35."""
    wrong, differing = child_at(no1), child_at(no1)
    right = wrong.id_number.plain()
    give(wrong, right[:17] + ("1" if right[17] != "1" else "2"))
    Student.objects.filter(pk=differing.pk).update(sex="2")
    counts = detect_county()
    assert (counts["wrong_number"], counts["mismatch"]) == (1, 1)
    Student.objects.update(id_type="6")
    assert detect_county() == NOTHING
    assert again(wrong).problem == again(differing).problem == ""


def test_one_number_two_children_is_a_finding_and_one_name_is_a_transfer(child_at, no1, no2):
    """edge case 25: the claim is kept on the holder; the same name is not."""
    child = child_at(no1)
    claimed(child, name=child.name, by=no2)
    assert again(child).problem == ""
    claimed(child, name="样例乙", by=no2)
    claimed(child, name="样例乙", by=no2)
    detect_county()
    assert (again(child).problem, Problem.objects.count()) == ("证件号重复", 1)


def test_the_clerk_enters_what_the_national_system_answered(child_at, no1, bureau, staff):
    child = child_at(no1)
    registered_elsewhere(child, by=staff(Role.BUREAU_CLERK, bureau), source="某省某校")
    detect_county()
    assert again(child).problem == "外省已注册"
    decided(drafted(Deletion, child, why="elsewhere", sits_at="某省某校", **TOLD))
    assert (again(child).status, again(child).problem) == ("deleted", "")


def test_the_school_without_the_child_drops_its_record(child_at, no1, no2, staff):
    """edge case 24: never two living records; numbers are free, nothing is erased, the correction brings all back."""
    one, two, problem = found_pair(child_at, no1, no2)
    with pytest.raises(RulesBroken):
        start_change(
            Deletion,
            two,
            by=staff(Role.REGISTRAR, no2),
            why="duplicate",
            is_here=True,
            sits_at="建平县第二小学",
            **TOLD,
        )
    with pytest.raises(RulesBroken, match="没有写明学生实际就读的学校"):
        drafted(Deletion, one, why="duplicate", sits_at="", **TOLD)
    case = decided(drafted(Deletion, one, why="duplicate", sits_at="建平县第二小学", **TOLD))
    assert again(one).status == "deleted" and again(two).problem == ""
    assert not one.numbers.filter(until=None).exists() and one.numbers.count() == 2
    assert not Enrolment.objects.living().filter(student=one).exists()
    undone(case)
    assert (again(one).status, again(two).problem) == ("enrolled", "疑似重复建籍")
