"""What a tired registrar reads of a messy list: each place with what was written there and what to do about it."""

from datetime import date, datetime

import pytest

from students.importing.findings import ERROR, FIXED, WARNING
from students.importing.presenting import groups
from tests.students.test_import_layouts import codes, read
from tests.workbooks import id_number, pupil, workbook

BIRTHS = [date(2017, 9, 12), date(2018, 1, 5)]


def one(attribute, cell):
    return read(workbook([pupil(1, **{attribute: cell})]))


def of(book, code):
    (found,) = [each for each in book.findings if each.code == code]
    return found


def test_a_date_of_the_sheet_is_shown_as_a_date():
    book = one("birth_date", datetime(2017, 9, 3))
    assert of(book, "date_rewritten").raw == "2017-09-03"


@pytest.mark.parametrize(
    ("attribute", "written", "read_as"),
    [
        ("phone", "13911111111.0", "13911111111"),
        ("postcode", "122400.0", "122400"),
        ("birth_date", "20170903.0", date(2017, 9, 3)),
        ("entered_month", "202409.00", "202409"),
    ],
)
def test_the_point_that_a_number_leaves_behind_is_taken_away_and_told(attribute, written, read_as):
    book = one(attribute, written)
    (found,) = book.of_level(FIXED)
    assert (found.raw, book.rows[0].values[attribute]) == (written, read_as)


def test_a_point_within_a_long_number_is_no_leftover():
    assert "number_cell_rounded" not in codes(one("id_number", "211399201709030118.0"))
    assert one("id_number", "211399201709030118.0").of_level(ERROR)
    assert one("postcode", "1224.5").of_level(ERROR)


@pytest.mark.parametrize(("written", "meant"), [("蒙族", "蒙古族"), ("满", "满族"), ("铁岭那边的人家", ""), ("☆", "")])
def test_an_option_is_proposed_but_never_taken(written, meant):
    book = one("ethnicity", written)
    found = [each for each in book.of_level(ERROR) if each.code == "code_unknown"]
    if not found:  # an alias of the table
        assert book.rows[0].values["ethnicity"]
        return
    assert ("是不是" in found[0].remedy) == bool(meant) and meant in found[0].remedy
    assert "ethnicity" not in book.rows[0].values


def test_an_unknown_class_names_those_of_the_childs_year():
    found = of(one("class_number", "2024级9班"), "class_unknown")
    assert "本校有2024级1班" in found.remedy and "2023级" not in found.remedy and "班级与学位" in found.remedy


def test_a_line_that_is_no_child_says_what_to_do():
    book = read(workbook([pupil(1)], edit=lambda page: page.append(["合计", "1人"])))
    found = of(book, "ignored_row")
    assert found.level == WARNING and "补全姓名和证件号" in found.remedy


def test_what_helps_one_child_is_not_told_to_all():
    """Two children with two-digit years: the day in the number of each stands beside each, not above both."""
    children = [
        pupil(n, birth_date=f"{day:%y-%m-%d}", id_number=id_number(day, 1), sex="男") for n, day in enumerate(BIRTHS, 1)
    ]
    book = read(workbook(children))
    (group,) = [g for g in groups([f.as_dict() for f in book.findings]) if "年份只有两位" in g["label"]]
    assert group["fix"] == ""
    assert [f"{day:%Y%m%d}" in row["fix"] for day, row in zip(BIRTHS, group["rows"], strict=True)] == [True, True]


def test_what_helps_all_is_told_once():
    book = read(workbook([pupil(n, home_address=None) for n in (1, 2)]))
    (group,) = [g for g in groups([f.as_dict() for f in book.findings]) if g["label"].startswith("现住址")]
    assert group["fix"] and [row["fix"] for row in group["rows"]] == ["", ""]
