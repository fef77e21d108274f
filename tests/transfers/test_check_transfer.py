"""`check_transfer CASES.json`: verdict, article, message, first possible date; no child need exist."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from schools.models import School
from tests.county import make_school, seats_of


@pytest.fixture
def ask(tmp_path):
    def run(*cases):
        file = tmp_path / "cases.json"
        file.write_text(json.dumps(list(cases), ensure_ascii=False), encoding="utf-8")
        said = StringIO()
        call_command("check_transfer", str(file), stdout=said)
        return json.loads(said.getvalue())

    return run


def case(number, **given):
    return {"id": number, "grade": 3, "ground": "T4", "on": "2026-09-15", "student_state": "在读"} | given


def test_each_case_is_answered_by_its_id_in_order(ask, no1, no2):
    inside = {"from_school": no1.code, "to_school": no2.code}
    answers = ask(case("甲", **inside), case("乙", **inside, on="2026-10-01"), case("丙", **inside, ground="T1"))
    assert [(a["id"], a["verdict"]) for a in answers] == [("甲", "yes"), ("乙", "override"), ("丙", "no")]
    assert answers[0]["broken"] == []
    (late,) = answers[1]["broken"]
    assert (late["article"], late["possible_from"]) == ("第十八条第一款", "2027-03-01")
    assert "主管局长" in late["message"]
    assert set(late) == {"article", "message", "possible_from"}


def test_outside_places_are_known_by_division(ask, no1):
    answers = ask(
        case("来", from_division="150429", to_school=no1.code, ground="T1", on="2026-11-11"),
        case("去", from_school=no1.code, to_division="210102", ground="T1", on="2026-11-11"),
        case("市内", from_division="211321", to_school=no1.code, ground="T1", on="2026-11-11"),
        case("无关", from_division="150429", to_division="210102", ground="T1"),
    )
    assert [a["verdict"] for a in answers] == ["yes", "yes", "override", "no"]
    assert answers[3]["broken"][0]["article"] == "第二条"


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("在读", "yes"), ("enrolled", "yes"), ("zd", "yes"), ("休学", "no"), ("xx", "no"), ("死亡", "no")],
)
def test_the_state_may_be_given_in_any_of_our_words(ask, no1, no2, state, verdict):
    (answer,) = ask(case(1, from_school=no1.code, to_school=no2.code, student_state=state))
    assert answer["verdict"] == verdict


def test_a_full_grade_is_refused(ask, no1, no2):
    row = seats_of(no2, 3)
    row.capacity = 0
    row.save()
    (answer,) = ask(case(1, from_school=no1.code, to_school=no2.code))
    assert [b["article"] for b in answer["broken"]] == ["第十九条第一款"]


def test_county_direct_rules_read_the_schools(ask, bureau):
    one = make_school(bureau, 31, "县直一中", School.Kind.JUNIOR, direct=True)
    two = make_school(bureau, 32, "县直二中", School.Kind.JUNIOR, direct=True)
    (answer,) = ask(case(1, from_school=one.code, to_school=two.code, grade=7))
    assert answer["verdict"] == "no"
    assert {b["article"] for b in answer["broken"]} == {"第十八条第二款"}
    assert len(answer["broken"]) == 3


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"from_school": "0000000000"}, "0000000000"),
        ({"grade": 12}, "12"),
        ({"grade": "三"}, "三"),
        ({"on": "9月15日"}, "9月15日"),
        ({"student_state": "不明"}, "不明"),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_and_the_others_still_are(ask, no1, no2, given, word):
    good = case("好", from_school=no1.code, to_school=no2.code)
    bad = case("坏", from_school=no1.code, to_school=no2.code) | given
    answers = ask(bad, good)
    assert [a["verdict"] for a in answers] == ["no", "yes"]
    assert word in answers[0]["broken"][0]["message"]


@pytest.mark.parametrize("text", ["", "{", "[1", '{"id": 1}'])
def test_a_file_that_is_no_list_is_refused_in_words(tmp_path, db, text):
    file = tmp_path / "cases.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match="列表"):
        call_command("check_transfer", str(file))
