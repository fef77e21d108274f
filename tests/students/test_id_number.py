"""ID numbers: every vector of the rules, all of them synthetic."""

import random
from datetime import date

import pytest

from students import idnumber, registry_number

TODAY = date(2026, 9, 15)


def levels(number, id_type=idnumber.RESIDENT, **how):
    """{code: level} of what is wrong with a number as typed."""
    problems = idnumber.check(idnumber.normalise(number), id_type, today=TODAY, **how)
    return {problem.code: problem.level for problem in problems}


@pytest.mark.parametrize(
    ("number", "sex", "birth"),
    [
        ("211322201709010018", "1", date(2017, 9, 1)),
        ("211322201709020021", "2", date(2017, 9, 2)),
        ("21132220170315001X", "1", date(2017, 3, 15)),
        ("21132220121130078X", "2", date(2012, 11, 30)),
        ("211322201602290590", "1", date(2016, 2, 29)),
        ("211322201709010739", "1", date(2017, 9, 1)),
        ("211302201101010022", "2", date(2011, 1, 1)),
        ("211301201005100013", "1", date(2010, 5, 10)),
        ("110101201508150025", "2", date(2015, 8, 15)),
        ("150429201407200011", "1", date(2014, 7, 20)),
        ("810000201304080022", "2", date(2013, 4, 8)),
        ("820000201304080016", "1", date(2013, 4, 8)),
        ("83000020130408078X", "2", date(2013, 4, 8)),
        ("211399201709010118", "1", date(2017, 9, 1)),
        ("211399201709020228", "2", date(2017, 9, 2)),
        ("211399201203151036", "1", date(2012, 3, 15)),
        ("211399201106202049", "2", date(2011, 6, 20)),
    ],
)
def test_good_numbers_tell_sex_and_birth(number, sex, birth):
    assert levels(number) == {}
    assert idnumber.sex_of(number) == sex
    assert idnumber.birth_of(number) == birth


@pytest.mark.parametrize("number", ["921840201402140018", "911392201206050020", "92141020160930039X"])
def test_permanent_residence_card_is_judged_by_its_own_regions(number):
    assert levels(number, idnumber.PERMANENT) == {}
    assert levels(number, idnumber.RESIDENT) == {"id_type_mismatch": "warning"}


def test_old_permanent_residence_card():
    assert levels("USA210012345678", idnumber.PERMANENT) == {}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("211323200906060016", {"id_region_unknown": "warning"}),
        ("21132220170901000X", {"id_sequence": "warning"}),
        ("211322201709010010", {"id_check": "error"}),
        ("211322201790010018", {"id_birth": "error", "id_check": "error"}),
        ("211322201709010379", {"id_check": "error"}),
        ("211322201702300012", {"id_birth": "error"}),
        ("211322201713010010", {"id_birth": "error"}),
        ("211322203001010011", {"id_birth": "error"}),
        ("440524188001010014", {"id_birth": "error"}),
        ("991322201709010018", {"id_region": "error"}),
        ("21132220170315001Х", {"id_not_letter_x": "error"}),
        ("21132220170315001*", {"id_not_letter_x": "error"}),
        ("211322201709010000", {"id_check": "error"}),
        ("211322850901001", {"id_fifteen": "error"}),
        ("2113222017090100", {"id_length": "error"}),
        ("", {"id_empty": "error"}),
    ],
)
def test_what_is_wrong_with_a_number(number, expected):
    found = levels(number)
    assert {code: found.get(code) for code in expected} == expected
    assert {code for code, level in found.items() if level == "error"} <= set(expected)


def test_the_rounded_look_is_named():
    (problem,) = idnumber.check("211322201709010000", today=TODAY)[-1:]
    assert "Excel" in problem.message


@pytest.mark.parametrize("number", ["211322201709014000", "211322201605127000", "211322201207073000"])
def test_a_rounded_number_may_pass_the_check_character(number):
    """The reason why the import goes by the cell type: these are what Excel left of other numbers."""
    assert levels(number) == {}


@pytest.mark.parametrize(
    "typed",
    [
        "21132220170315001x",
        "21132220170315001Ｘ",
        "21132220170315001Ⅹ",
        "'21132220170315001X",
        "２１１３２２２０１７０３１５００１Ｘ",
        " 211322 20170315\u3000001X\u200b\ufeff",
        "211322\u00a020170315001X",
    ],
)
def test_harmless_spellings_are_folded(typed):
    assert idnumber.normalise(typed) == "21132220170315001X"


def test_a_false_x_is_offered_only_where_x_is_right():
    right, wrong = "21132220170315001Х", "21132220170901001Х"
    assert "应改为英文字母" in idnumber.check(right, today=TODAY)[0].message
    assert "应改为英文字母" not in idnumber.check(wrong, today=TODAY)[0].message


def test_textbook_example_is_an_adult():
    assert levels("11010519491231002X", pupil=False) == {}
    assert levels("11010519491231002X") == {"age_impossible": "error"}


@pytest.mark.parametrize(
    ("old", "new"), [("211322850901001", "211322198509010019"), ("211322901231002", "211322199012310029")]
)
def test_old_form_of_a_guardian_needs_a_look(old, new):
    assert idnumber.eighteen_from(old) == new
    assert levels(old, pupil=False) == {"id_fifteen": "warning"}


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(2021, 9, 1), {}),
        (date(2021, 9, 2), {"age_unusual": "warning"}),
        (date(2023, 9, 1), {"age_unusual": "warning"}),
        (date(2023, 9, 2), {"age_impossible": "error"}),
        (date(2005, 9, 2), {}),
        (date(2005, 9, 1), {"age_unusual": "warning"}),
        (date(2000, 9, 2), {"age_unusual": "warning"}),
        (date(2000, 9, 1), {"age_impossible": "error"}),
    ],
)
def test_age_on_the_first_of_september(birth, expected):
    assert {problem.code: problem.level for problem in idnumber.check_age(birth, TODAY)} == expected


@pytest.mark.parametrize(
    ("number", "id_type", "good"),
    [
        ("E12345678", idnumber.PASSPORT, True),
        ("E1", idnumber.PASSPORT, False),
        ("12345678", idnumber.TAIWAN, True),
        ("1234567890(A)", idnumber.TAIWAN, True),
        ("1234", idnumber.TAIWAN, False),
        ("H12345678", idnumber.HONG_KONG, True),
        ("M1234567801", idnumber.MACAU, True),
        ("", idnumber.OTHER, True),
        ("在办", idnumber.OTHER, True),
    ],
)
def test_other_documents(number, id_type, good):
    assert (levels(number, id_type) == {}) is good


def test_every_single_wrong_digit_and_swap_is_caught():
    number = "211322201709010018"
    for place in range(17):
        for digit in set("0123456789") - {number[place]}:
            assert not idnumber.is_citizen_shaped(number[:place] + digit + number[place + 1 :])
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert swapped == number or not idnumber.is_citizen_shaped(swapped)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("G211322201709010018", "G"),
        ("J211322201709019012", "J"),
        ("L211322201709014821", "L"),
        ("G211322201709010010", None),
        ("J211322201709019013", None),
        ("L211322201713014821", None),
        ("211322201709010018", None),
        ("G21132220170901001", None),
        ("X211322201709010018", None),
    ],
)
def test_registry_numbers(number, kind):
    assert registry_number.kind_of(number) == kind


def test_temporary_number_is_well_formed_and_repeatable():
    made = registry_number.make_temporary("211322", date(2017, 9, 1), random.Random(4))
    assert registry_number.kind_of(made) == "L" and made.startswith("L21132220170901")
    assert made == registry_number.make_temporary("211322", date(2017, 9, 1), random.Random(4))
    with pytest.raises(ValueError):
        registry_number.make_temporary("2113", date(2017, 9, 1), random.Random(4))
