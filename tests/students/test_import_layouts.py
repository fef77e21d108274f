"""Whole workbooks in every layout are understood by their header texts."""

from datetime import date
from decimal import Decimal

import pytest

from students.dictionary.codes import table, template_relation
from students.dictionary.fields import FIELDS, by_header, layout
from students.importing.classes import ClassRef
from students.importing.findings import ERROR, WARNING
from students.importing.headers import Choice
from students.importing.workbook import read_workbook
from tests.workbooks import SCHOOL_CODE, column_of, pupil, workbook

TODAY = date(2026, 9, 15)
CLASSES = [ClassRef(f"2024-{number}", "primary", 2024, number) for number in (1, 2)]


def read(data, **how):
    return read_workbook(data, school_code=SCHOOL_CODE, school_classes=CLASSES, today=TODAY, **how)


def codes(book, level=ERROR):
    return sorted({finding.code for finding in book.of_level(level)})


@pytest.mark.parametrize("version", ["v1", "v2", "export"])
def test_a_faultless_book_has_no_findings(version):
    book = read(workbook([pupil(number) for number in range(20)], version=version))
    assert (book.version, book.stopped, book.findings) == (version, False, [])
    assert book.totals == {"rows": 20, "bad_rows": 0, "errors": 0, "warnings": 0, "fixed": 0}
    assert book.rows[0].row_no == 2
    child = book.rows[0].values
    assert child["birth_date"] == date(2017, 9, 2)
    assert (child["sex"], child["ethnicity"], child["nationality"], child["health"]) == ("1", "01", "CHN", "10")
    assert (child["only_child"], child["had_preschool"], child["school_distance"]) == (False, True, Decimal("1.5"))
    assert (child["class_number"], child["entered_month"]) == ("2024-1", "202409")
    assert (child["member1.relation"], child["member1.is_guardian"]) == ("51", True)
    assert child.get("talents") is None


def test_layouts_have_the_national_widths():
    assert [len(layout(name)) for name in ("v1", "v2", "export")] == [71, 73, 71]


def test_every_label_and_every_layout_header_finds_its_field():
    assert all(by_header(field.label) is field for field in FIELDS)
    for name in ("v1", "v2", "export"):
        for header, attribute in layout(name):
            assert (by_header(header).attribute if by_header(header) else "") == attribute


@pytest.mark.parametrize("header", ["姓 名", "★姓名", "姓名*", "姓名（必填）", "姓\n名", "学生姓名"])
def test_decorated_headers(header):
    assert by_header(header).attribute == "name"


def test_column_order_does_not_matter():
    def reverse(page):
        rows = [[cell.value for cell in row] for row in page.iter_rows()]
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(reversed(row), 1):
                page.cell(number, column).value = value

    book = read(workbook([pupil(3)], edit=reverse))
    assert book.findings == [] and book.rows[0].values["class_number"] == "2024-1"


def test_title_and_notes_above_the_header():
    book = read(workbook([pupil(1)], before=[["建平县学生信息表"], [], ["注：请用文本格式填写", "联系人"]]))
    assert book.findings == [] and book.rows[0].row_no == 5


def test_group_row_above_the_fields_with_merged_cells():
    """成员一 and 成员二 share sub-headers; only the group tells them apart."""
    first, last = column_of("member1.name"), column_of("member2.position")

    def group(page):
        page.insert_rows(1)
        for number in range(1, page.max_column + 1):
            page.cell(1, number, "学生基本信息")
        middle = column_of("member2.name")
        for start, end, title in (
            (first, middle - 1, "家庭成员或监护人信息一"),
            (middle, last, "家庭成员或监护人信息二"),
        ):
            for number in range(start, end + 1):
                page.cell(2, number).value = page.cell(2, number).value[3:]
                page.cell(1, number).value = None
            page.cell(1, start, title)
            page.merge_cells(start_row=1, start_column=start, end_row=1, end_column=end)

    book = read(workbook([pupil(1, member2__name="李梅", member2__relation="母亲")], edit=group))
    assert codes(book) == []
    assert (book.rows[0].values["member1.name"], book.rows[0].values["member2.name"]) == ("张建国", "李梅")
    assert book.rows[0].row_no == 3


def test_header_merged_over_two_rows():
    def stretch(page):
        page.insert_rows(2)
        for number in range(1, page.max_column + 1):
            page.merge_cells(start_row=1, start_column=number, end_row=2, end_column=number)

    book = read(workbook([pupil(1)], edit=stretch))
    assert book.findings == [] and [row.row_no for row in book.rows] == [3]


def test_a_missing_required_column_stops():
    book = read(workbook([pupil(1)], headers={"ethnicity": "备用"}))
    assert book.stopped and book.rows == []
    (missing,) = book.of_level(ERROR)
    assert (missing.code, missing.field) == ("missing_column", "民族")


def test_two_columns_of_one_name_are_a_question_that_can_be_answered():
    data = workbook([pupil(1)], headers={"homepage": "联系电话"})
    book = read(data)
    assert book.stopped and codes(book) == ["duplicate_column"]
    assert "W、AQ 列" in book.findings[0].text
    answered = read(data, choice=Choice(columns={"AQ": ""}))
    assert not answered.stopped and answered.rows[0].values["phone"] == "13800000000"


def test_unknown_columns_are_listed_and_ignored():
    book = read(workbook([pupil(1)], headers={"homepage": "班主任评语"}))
    assert codes(book, WARNING) == ["unknown_column"] and not book.stopped
    assert next(each for each in book.mapping if each["header"] == "班主任评语")["attribute"] == ""


def test_codes_accept_code_name_and_pair_but_never_a_guess():
    nation = table("mz")
    assert [nation.resolve(text) for text in ("汉", "汉族", "01", "1", "01-汉族", "毛难族")] == [
        "01", "01", "01", "01", "01", "36",
    ]  # fmt: skip
    assert [nation.resolve(text) for text in ("土", "土家", "回", "哈尼")] == ["30", "15", "03", "16"]
    assert [nation.resolve(text) for text in ("02-汉族", "汗族", "蒙", "")] == [None] * 4
    assert table("gjdq").resolve("156") == table("gjdq").resolve("CHN") == table("gjdq").resolve("中国") == "CHN"
    assert table("rxfs").resolve("11-就近入学") == "11"


def test_relations_are_mapped_down_for_the_template():
    assert [template_relation(code) for code in ("51", "57", "61", "64", "73", "97")] == [
        "父亲", "其他", "祖父母或外祖父母", "祖父母或外祖父母", "兄弟姐妹", "其他",
    ]  # fmt: skip
