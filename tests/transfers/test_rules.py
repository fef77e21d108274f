"""第十六、十八、十九条 at their boundaries: one day before, the day, one day after; each grade and kind of school."""

from datetime import date

import pytest

from approvals.rules import judge
from law.models import Term
from law.parameters import Parameters
from schools.divisions import Scope
from students.models import Student
from transfers.facts import Place, TransferFacts
from transfers.rules import RULES

TOWN = Place("211322101", "A", name="镇中心小学")
OTHER_TOWN = Place("211322103", "B", name="另一镇学校")
DIRECT = Place("211322001", "C", county_direct=True, name="县直甲校")
DIRECT_TOO = Place("211322001", "D", county_direct=True, name="县直乙校")
CITY = Place("211321", name="朝阳县")
PROVINCE = Place("210102", name="沈阳")
NATION = Place("150429", name="宁城县")
TERMS = {2026: (date(2026, 9, 1), date(2027, 3, 1)), 2025: (date(2025, 9, 1), date(2026, 3, 1))}


def facts(origin=TOWN, target=OTHER_TOWN, *, grade=3, ground="T4", on=date(2026, 9, 15), **more):
    more.setdefault("params", Parameters(on))
    return TransferFacts(
        on=on, origin=origin, target=target, grade=grade, ground=ground, first_terms=TERMS, home="211322", **more
    )


def broken(**more):
    return {f.rule.code for f in judge(RULES, facts(**more)).broken}


def word(**more):
    return judge(RULES, facts(**more)).word


def first_day(**more):
    return next((f.possible_from for f in judge(RULES, facts(**more)).broken if f.possible_from), None)


@pytest.mark.parametrize(
    ("origin", "target", "scope"),
    [
        (TOWN, OTHER_TOWN, Scope.COUNTY),
        (CITY, TOWN, Scope.CITY),
        (PROVINCE, TOWN, Scope.PROVINCE),
        (NATION, TOWN, Scope.NATION),
        (TOWN, NATION, Scope.NATION),
    ],
)
def test_scope_follows_from_the_division_codes(origin, target, scope):
    assert facts(origin, target).scope == scope


# 第十八条第一款


@pytest.mark.parametrize(
    ("on", "inside"),
    [
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), True),
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2027, 2, 28), False),
        (date(2027, 3, 1), True),
        (date(2027, 3, 31), True),
        (date(2027, 4, 1), False),
    ],
)
@pytest.mark.parametrize("origin", [TOWN, CITY])
def test_the_window_of_march_and_september(origin, on, inside):
    ground = "T1" if origin is CITY else "T4"
    assert ("inside_window" not in broken(origin=origin, on=on, ground=ground)) == inside


@pytest.mark.parametrize("origin", [PROVINCE, NATION])
def test_across_city_and_province_any_day_will_do(origin):
    assert word(origin=origin, ground="T1", on=date(2026, 11, 11)) == "yes"


def test_outside_the_window_the_leader_may_and_the_first_day_is_told():
    assert word(on=date(2026, 10, 1)) == "override"
    assert first_day(on=date(2026, 10, 1)) == date(2027, 3, 1)
    assert first_day(on=date(2027, 4, 1)) == date(2027, 9, 1)


# 第十八条第二款: grade nine


@pytest.mark.parametrize(
    ("on", "refused"),
    [
        (date(2026, 9, 29), False),
        (date(2026, 9, 30), False),
        (date(2026, 10, 1), True),
        (date(2027, 3, 15), True),
        (date(2027, 8, 31), True),
    ],
)
def test_grade_nine_inside_the_county_after_september(on, refused):
    assert ("grade_nine_in_county" in broken(grade=9, on=on)) == refused


def test_the_march_window_does_not_lift_it_and_time_does_not_cure_it():
    verdict = judge(RULES, facts(grade=9, on=date(2027, 3, 15)))
    assert verdict.word == "no"
    assert [f.possible_from for f in verdict.broken] == [None]


@pytest.mark.parametrize("grade", [8, 9])
def test_grade_nine_outward_needs_the_leader_grade_eight_does_not(grade):
    verdict = word(origin=TOWN, target=NATION, ground="T1", grade=grade, on=date(2026, 10, 1))
    assert verdict == ("override" if grade == 9 else "yes")


def test_going_home_for_the_examination_is_allowed():
    assert word(origin=TOWN, target=NATION, ground="T9", grade=9, on=date(2026, 10, 1), return_home=True) == "yes"


def test_grade_nine_from_outside_is_not_touched():
    assert word(origin=NATION, target=TOWN, ground="T1", grade=9, on=date(2026, 10, 20)) == "yes"


# 第十八条第二款: 县直


def test_between_county_direct_schools_only_by_the_leader():
    assert word(origin=DIRECT, target=DIRECT_TOO) == "override"
    assert word(origin=DIRECT, target=TOWN) == "yes"
    assert word(origin=TOWN, target=DIRECT) == "yes"


@pytest.mark.parametrize(
    ("on", "refused"), [(date(2026, 9, 1), True), (date(2027, 2, 28), True), (date(2027, 3, 1), False)]
)
def test_county_direct_newcomer_stays_in_the_first_term(on, refused):
    assert ("newcomer_stays_in_county" in broken(origin=DIRECT, grade=7, on=on)) == refused


@pytest.mark.parametrize(("grade", "refused"), [(6, False), (7, True), (8, False)])
def test_only_grade_seven_is_a_newcomer(grade, refused):
    assert ("newcomer_stays_in_county" in broken(origin=DIRECT, grade=grade)) == refused


def test_newcomer_is_told_the_next_window():
    assert word(origin=DIRECT, grade=7) == "no"
    assert first_day(origin=DIRECT, grade=7) == date(2027, 3, 1)


def test_newcomer_beyond_the_county_and_into_county_direct_by_the_leader():
    assert word(origin=DIRECT, target=NATION, ground="T1", grade=7) == "override"
    assert word(origin=TOWN, target=DIRECT, grade=7) == "override"
    assert word(origin=TOWN, target=DIRECT, grade=7, on=date(2027, 3, 1)) == "yes"


# 全国停办


@pytest.mark.parametrize(
    ("on", "stopped"),
    [
        (date(2026, 7, 14), False),
        (date(2026, 7, 15), True),
        (date(2026, 8, 14), True),
        (date(2026, 8, 15), False),
    ],
)
def test_the_national_stop_of_summer(on, stopped):
    assert ("outside_national_stop" in broken(origin=NATION, ground="T1", on=on)) == stopped


def test_after_the_stop_it_is_possible_again():
    assert first_day(origin=NATION, ground="T1", on=date(2026, 7, 20)) == date(2026, 8, 15)
    assert first_day(on=date(2026, 7, 20)) == date(2026, 9, 1)


# 第十六条


@pytest.mark.parametrize("ground", ["T1", "T2", "T3", "T4", "T5", "T9"])
def test_six_grounds_and_household_only_across_the_county_line(ground):
    assert (word(ground=ground) == "no") == (ground == "T1")
    assert word(origin=NATION, ground=ground) == "yes"


@pytest.mark.parametrize("ground", ["", "T6", "T0"])
def test_there_is_no_seventh_ground(ground):
    assert "ground_is_listed" in broken(ground=ground)


# 第十九条, 年级, 状态


@pytest.mark.parametrize(("free", "verdict"), [(0, "no"), (1, "yes"), (None, "yes")])
def test_no_seat_no_transfer(free, verdict):
    assert word(free_seats=free) == verdict


@pytest.mark.parametrize(("grade", "verdict"), [(1, "yes"), (6, "yes"), (7, "no")])
def test_same_grade_only(grade, verdict):
    primary = Place("211322103", "E", grades=range(1, 7), name="小学")
    assert word(target=primary, grade=grade) == verdict


@pytest.mark.parametrize(
    ("state", "article"),
    [("suspended", "第二十三条"), ("dropped_out", "第三十条"), ("deceased", "第二十八条"), ("graduated", "第二十四条")],
)
def test_whoever_is_not_in_school_is_told_the_article_of_that_state(state, article):
    (finding,) = judge(RULES, facts(student_state=state)).broken
    assert (finding.article, finding.level) == (article, "hard")


def test_one_school_is_not_two_and_our_schools_go_by_name():
    assert "two_schools" in broken(origin=TOWN, target=TOWN)
    assert "our_schools_are_named" in broken(origin=Place("211322"), target=TOWN)
    assert "concerns_this_county" in broken(origin=NATION, target=PROVINCE)


def test_the_county_is_the_deciding_bureaus_own():
    """Grade nine from another county's school is not 县域内, whichever bureau came first into the table."""
    elsewhere = Place("211382", "X", name="凌源一中")
    assert word(origin=elsewhere, target=TOWN, grade=9, ground="T1", on=date(2026, 9, 30)) == "yes"
    assert "grade_nine_in_county" not in broken(origin=elsewhere, target=TOWN, grade=9, on=date(2026, 10, 8))


@pytest.mark.parametrize("state", Student.Status.values)
def test_only_a_child_in_school_moves(state):
    assert (word(student_state=state) == "yes") == (state in ("enrolled", "abroad", "pending"))


def test_all_broken_rules_are_told_together_each_with_its_article():
    verdict = judge(RULES, facts(grade=9, ground="T1", on=date(2026, 10, 8), free_seats=0, problem="证件号重复"))
    told = {(f.rule.code, f.article) for f in verdict.broken}
    assert told == {
        ("ground_fits_scope", "第十六条第一款"),
        ("no_problem_record", "第八条"),
        ("inside_window", "第十八条第一款"),
        ("grade_nine_in_county", "第十八条第二款"),
        ("seat_is_free", "第十九条第一款"),
    }
    assert all(f.remedy and f.article in f.sentence for f in verdict.broken)


def test_a_child_leaving_primary_school_is_not_told_a_day_in_grade_seven():
    assert first_day(grade=6, on=date(2027, 4, 1)) is None
    assert first_day(grade=5, on=date(2027, 4, 1)) == date(2027, 9, 1)


def test_the_terms_of_the_county_decide_the_first_term(db):
    from transfers.facts import first_terms_around

    Term.objects.filter(year=2026, number=2).update(starts=date(2027, 2, 22))
    assert first_terms_around(date(2026, 9, 15))[2026] == (date(2026, 9, 1), date(2027, 2, 22))
