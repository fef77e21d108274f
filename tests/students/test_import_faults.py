"""What schools really send: each fault as a story, with the outcome that was agreed for it."""

import json
from datetime import date, datetime

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from students.importing.cells import CLEAR
from students.importing.classes import ClassBook, ClassRef
from students.importing.findings import ERROR, FIXED, WARNING
from students.importing.headers import Choice
from students.importing.names import read_name
from tests.students.test_import_layouts import CLASSES, codes, read
from tests.workbooks import column_of, id_number, pupil, rewritten, workbook


def one(attribute, cell, **others):
    """A book of one child in which one cell is `cell`."""
    return read(workbook([pupil(1, **{attribute: cell}, **others)]))


def value(book, attribute):
    return book.rows[0].values.get(attribute)


def number_as_number(page):
    cell = page.cell(2, column_of("id_number"))
    cell.value = int(cell.value) if cell.value.isdigit() else 211399201709010118
    cell.number_format = "0"


@pytest.mark.parametrize("number", ["211399201709010118", "211322201709014000", "211322201207073000"])
def test_1_a_number_typed_as_a_number_is_never_repaired(number):
    """Even where the rounded number passes the check character."""
    book = one("id_number", float(number))
    assert codes(book) == ["number_cell_rounded"]
    (finding,) = book.of_level(ERROR)
    assert value(book, "id_number") is None and book.rows[0].has_errors
    assert finding.text == (
        f"工作表“学生信息”第 2 行 M 列“身份证件号”（“{float(number):.5E}”）："
        "身份证件号在 Excel 中已丢失后三位。请把该列设为文本后重新录入"
    )


def test_1_even_when_another_program_kept_all_digits():
    data = workbook([pupil(1)], edit=number_as_number)
    book = read(
        rewritten(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>2113992017", b"<v>2113992017"))
    )
    assert codes(book) == ["number_cell_rounded"]


@pytest.mark.parametrize("attribute", ["local_number", "school_code", "phone", "member1__id_number"])
def test_1_other_text_columns_lose_digits_too(attribute):
    assert "number_cell_rounded" in codes(one(attribute, 2.11322201709e17))


def test_1_the_text_form_of_a_rounded_number():
    assert codes(one("id_number", "2.11322E+17")) == ["number_cell_rounded"]


def test_2_short_numbers_in_numeric_cells_are_exact():
    book = read(
        workbook(
            [
                pupil(
                    1, phone=13900000000, postcode=122400, school_code=2121000001, household_division=211322102000,
                    school_distance=2, class_seat_number=7,
                )
            ]
        )
    )  # fmt: skip
    assert codes(book) == []
    assert [value(book, name) for name in ("phone", "postcode", "household_division", "class_seat_number")] == [
        "13900000000", "122400", "211322102000", "7",
    ]  # fmt: skip


def test_3_harmless_spellings_of_a_number_are_put_right_and_counted():
    typed = id_number(date(2017, 3, 15), 11)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in typed)
    book = one("id_number", wide, birth_date="20170315", sex="男")
    assert value(book, "id_number") == typed
    assert book.totals["fixed"] == 1 and codes(book, FIXED) == ["id_tidied"]
    assert typed not in book.findings[0].text and typed[-4:] not in book.rows[0].raw.values()


def test_3_a_cyrillic_x_is_refused_with_a_reason():
    assert codes(one("id_number", "21132220170315001Х")) == ["id_not_letter_x"]


@pytest.mark.parametrize(
    "typed", [" 张三", "张 三", "张\u3000三", "张三\u200b", "'张三", "张\n三", "张三\ufe00", "张\u00ad三"]
)
def test_4_invisible_things_in_names(typed):
    book = one("name", typed)
    assert value(book, "name") == "张三" and codes(book, FIXED) == ["name_tidied"]


def test_4_addresses_keep_single_spaces():
    book = one("home_address", "建平镇  和平村\n 1组 ")
    assert value(book, "home_address") == "建平镇 和平村 1组"
    assert book.rows[0].raw["home_address"] == "建平镇 和平村 1组"


@pytest.mark.parametrize("dot", "·•．‧・.")
def test_5_middle_dots(dot):
    assert read_name(f"其其格{dot}娜仁")[0] == "其其格·娜仁"


@pytest.mark.parametrize("name", ["张㛃", "李䶮", "王𬭼", "赵𠅤", "马〇"])
def test_6_rare_characters_pass(name):
    assert read_name(name) == (name, None)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("张?", "name_lost_character"),
        ("张□", "name_lost_character"),
        ("张\ufffd", "name_lost_character"),
        ("张YAN", "name_pinyin"),
        ("张\ue001", "name_private_character"),
        ("张⿰龙天", "name_described_character"),
        ("张3", "name_invalid"),
        ("张三!", "name_invalid"),
    ],
)
def test_6_lost_characters_are_refused(name, code):
    assert read_name(name)[1].code == code


def test_6_old_private_code_points_move_to_unicode():
    assert read_name("张\ue863")[0] == "张䶮"
    assert read_name("张\ue81e")[0] == "张\u9fb4"


@pytest.mark.parametrize(
    "typed",
    [
        "2017.9.3", "2017-9-3", "2017/09/03", "2017年9月3日", "２０１７０９０３", 20170903, "20170903 ", 42981,
        datetime(2017, 9, 3), date(2017, 9, 3), "2017-09-03 00:00:00", "二〇一七年九月三日",
    ],
)  # fmt: skip
def test_7_full_dates_in_many_shapes(typed):
    book = one("birth_date", typed)
    assert codes(book) == [] and value(book, "birth_date") == date(2017, 9, 3)
    assert codes(book, FIXED) == ["date_rewritten"]


def test_7_the_1904_system():
    def mac(page):
        page.parent.epoch = CALENDAR_MAC_1904

    serial = 42981 - 1462
    for typed in (serial, datetime(2017, 9, 3)):
        assert value(read(workbook([pupil(1, birth_date=typed)], edit=mac)), "birth_date") == date(2017, 9, 3)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2017年9月", "date_incomplete"),
        ("201709", "date_incomplete"),
        ("170903", "date_two_digit_year"),
        ("17.9.3", "date_two_digit_year"),
        ("20170230", "date_impossible"),
        ("九月出生", "date_unreadable"),
        ("18900101", "date_out_of_range"),
        ("20300101", "date_out_of_range"),
    ],
)
def test_7_dates_that_are_none(typed, code):
    assert codes(one("birth_date", typed)) == [code]


def test_7_a_two_digit_year_gets_a_suggestion():
    (finding,) = one("birth_date", "170903").of_level(ERROR)
    assert "20170903" in finding.remedy


def test_7_birth_date_and_number_disagree():
    (finding,) = one("birth_date", "20170904").of_level(ERROR)
    assert finding.code == "birth_mismatch" and "20170904" in finding.message and "20170903" in finding.message


def test_7_a_missing_birth_date_is_offered_from_the_number():
    book = one("birth_date", None)
    assert codes(book) == [] and codes(book, WARNING) == ["birth_filled"]
    assert value(book, "birth_date") == date(2017, 9, 3)


@pytest.mark.parametrize(
    "typed", ["2024.09", "2024-9", "2024年9月", "2024.09.01", 202409, datetime(2024, 9, 1), "二〇二四年九月"]
)
def test_8_entry_months(typed):
    book = one("entered_month", typed)
    assert codes(book) == [] and value(book, "entered_month") == "202409"


def test_8_unusual_months_are_questioned():
    assert codes(one("entered_month", "202410"), WARNING) == ["entry_month_unusual"]
    assert codes(one("entered_month", "202303", class_number="2024级1班"), WARNING) == [
        "class_other_cohort",
        "entry_too_young",
    ]


@pytest.mark.parametrize("typed", [1, "1", "01", "1-男", "男性", "M", "男 "])
def test_9_sex_in_many_spellings(typed):
    book = one("sex", typed)
    assert codes(book) == [] and value(book, "sex") == "1"


def test_9_sex_against_the_number():
    assert codes(one("sex", "女")) == ["sex_mismatch"]
    assert codes(one("sex", "未说明的性别")) == ["code_not_offered"]


@pytest.mark.parametrize(
    ("attribute", "typed", "code"),
    [
        ("ethnicity", "蒙古", "02"), ("ethnicity", "01-汉族", "01"), ("nationality", "CHN", "CHN"),
        ("overseas_status", "无", "00"), ("entry_mode", "11-就近入学", "11"), ("health", "10", "10"),
        ("commute_mode", "公共交通（含城市公交、农村客运和地铁）", "3"), ("id_type", 1, "1"),
    ],
)  # fmt: skip
def test_10_codes_and_names(attribute, typed, code):
    book = one(attribute, typed)
    assert codes(book) == [] and value(book, attribute) == code


def test_10_an_unknown_name_is_an_error_with_its_place():
    (finding,) = one("ethnicity", "汗族").of_level(ERROR)
    assert (finding.code, finding.row, finding.column, finding.field) == ("code_unknown", 2, "G", "民族")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("是", True),
        ("Y", True),
        ("√", True),
        (1, True),
        (True, True),
        ("有", True),
        ("×", False),
        (0, False),
        (False, False),
    ],
)
def test_11_yes_and_no(typed, meant):
    assert value(one("orphan", typed), "orphan") is meant


def test_11_an_empty_cell_is_not_no():
    (finding,) = one("orphan", None).of_level(ERROR)
    assert (finding.code, finding.field) == ("required", "是否孤儿")


def test_12_left_behind_has_three_values():
    assert value(one("left_behind", "否"), "left_behind") == "0"
    assert codes(one("left_behind", "是")) == ["left_behind_kind"]


def test_13_new_household_kinds_wait_for_the_county():
    book = one("household_kind", "居民户口")
    assert codes(book) == [] and codes(book, WARNING) == ["household_kind_unmapped"]
    assert book.rows[0].raw["household_kind"] == "居民户口"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("211322", "211322000000"), ("211322102", "211322102000"), (211322102000, "211322102000"),
        ("辽宁省朝阳市建平县", "211322000000"), ("建平县叶柏寿街道", "211322001000"), ("赤峰市宁城县", "150429000000"),
    ],
)  # fmt: skip
def test_14_divisions(typed, code):
    book = one("birth_division", typed)
    assert codes(book) == [] and value(book, "birth_division") == code


@pytest.mark.parametrize("typed", ["2113", "991322", "河北省承德市平泉市", "河北省某市红山区"])
def test_14_unknown_divisions(typed):
    assert codes(one("birth_division", typed)) == ["division_unknown"]


def test_16_continuation_number_and_hidden_column_of_v2():
    book = read(workbook([pupil(1, continuation_id="a9F-0012345678901234567890")], version="v2"))
    assert book.findings == [] and value(book, "continuation_id") == "a9F-0012345678901234567890"


def test_17_hidden_sheets_are_not_read():
    def lists(page):
        for state in ("hidden", "veryHidden"):
            other = page.parent.create_sheet(state)
            for row in page.iter_rows(values_only=True):
                other.append(row)
            other.sheet_state = state

    book = read(workbook([pupil(1)], edit=lists))
    assert book.findings == [] and len(book.rows) == 1


def test_17_several_lists_are_a_question():
    def copy(page):
        page.parent.copy_worksheet(page).title = "二年级"

    data = workbook([pupil(1)], edit=copy)
    assert codes(read(data)) == ["several_sheets"]
    assert read(data, choice=Choice(sheet="二年级")).sheet == "二年级"


def test_17_filtered_rows_are_imported_with_a_word():
    def hide(page):
        page.row_dimensions[3].hidden = page.row_dimensions[4].hidden = True

    book = read(workbook([pupil(number) for number in range(4)], edit=hide))
    (finding,) = book.of_level(WARNING)
    assert len(book.rows) == 4 and "含隐藏行 2 行" in finding.message


def test_18_totals_signatures_and_blank_rows():
    def tail(page):
        page.append([])
        page.append(["合计", 3, "人"])
        page.append([None, "制表人：李老师"])
        page.cell(400, 5).number_format = "@"

    book = read(workbook([pupil(number) for number in range(3)], edit=tail))
    assert len(book.rows) == 3 and [finding.row for finding in book.of_level(WARNING)] == [6, 7]


def test_19_formulas_need_a_result():
    def formula(page):
        page.cell(2, column_of("birth_date")).value = '=TEXT(MID(M2,7,8),"0")'

    data = workbook([pupil(1)], edit=formula)
    book = read(data)
    (finding,) = book.of_level(ERROR)
    assert (finding.code, finding.column) == ("formula_uncalculated", "D")

    def calculated(xml):
        assert b"<v />" in xml or b"<v/>" in xml or b"<v></v>" in xml
        for empty in (b"<v />", b"<v/>", b"<v></v>"):
            xml = xml.replace(empty, b"<v>20170903</v>")
        return xml

    book = read(rewritten(data, "xl/worksheets/sheet1.xml", calculated))
    assert codes(book) == [] and codes(book, WARNING) == ["formula_value"]
    assert value(book, "birth_date") == date(2017, 9, 3)


@pytest.mark.parametrize("typed", ["#N/A", "#REF!", "#VALUE!"])
def test_20_error_values(typed):
    book = one("talents", typed)
    (finding,) = book.of_level(ERROR)
    assert (finding.code, finding.column) == ("error_cell", "AL") and value(book, "talents") is None


def test_23_the_same_number_twice():
    book = read(workbook([pupil(1), pupil(2), pupil(1)]))
    duplicates = [finding for finding in book.findings if finding.code == "duplicate_id"]
    assert [finding.row for finding in duplicates] == [2, 4]
    assert "第 4 行" in duplicates[0].message and "第 2 行" in duplicates[1].message


def test_23_namesakes_and_twins_are_questioned():
    twin = id_number(date(2017, 9, 3), 3)
    book = read(workbook([pupil(1), pupil(1, id_number=twin)]))
    assert codes(book) == [] and codes(book, WARNING) == ["namesake"]


def test_23_the_same_child_without_a_number():
    nameless = {"id_type": "其他", "id_number": None, "member1__id_number": "11010519491231002X"}
    book = read(workbook([pupil(1, **nameless), pupil(1, **nameless)]))
    assert codes(book) == ["duplicate_child"]


def test_no_number_needs_a_reason_and_a_guardians_number():
    assert codes(one("id_number", None)) == ["id_empty"]
    assert codes(one("id_number", None, id_type="其他")) == ["guardian_id_required"]
    assert codes(one("id_number", None, id_type="其他", member1__id_number="11010519491231002X")) == []


def test_25_a_child_of_another_school():
    assert codes(one("school_code", "2121000002")) == ["other_school"]


def test_26_clearing_is_said_aloud():
    assert value(one("talents", CLEAR), "talents") == CLEAR


def test_27_a_shifted_column_stops_the_file():
    pupils = [pupil(number, postcode=pupil(number)["id_number"] if number % 2 else "122400") for number in range(20)]
    book = read(workbook(pupils))
    (finding,) = book.of_level(ERROR)
    assert book.stopped and book.rows == []
    assert (finding.code, finding.field) == ("column_shifted", "邮政编码")
    assert finding.raw.startswith("**************") and pupils[1]["id_number"] not in finding.text


@pytest.mark.parametrize(
    "typed",
    [
        "1班",
        "一班",
        "(1)班",
        "（1）班",
        "2024级1班",
        "24级(1)班",
        "1",
        1,
        "01",
        "三年级1班",
        "三(1)班",
        "三年一班",
        "301",
        "202401",
    ],
)
def test_28_class_aliases(typed):
    book = one("class_number", typed)
    assert codes(book) == [] and value(book, "class_number") == "2024-1"


@pytest.mark.parametrize("typed", ["9班", "2023级1班", "四年级1班", "实验班"])
def test_28_unknown_classes_are_never_created(typed):
    assert codes(one("class_number", typed)) == ["class_unknown"]


def test_28_two_intakes_of_a_nine_year_school():
    classes = [*CLASSES, ClassRef("junior", "junior", 2024, 1)]
    assert len(ClassBook(classes, 2026).find("1班", "202409")) == 2
    assert [each.key for each in ClassBook(classes, 2026).find("九年级1班")] == ["junior"]
    assert [each.key for each in ClassBook(classes, 2026).find("初三(1)班")] == ["junior"]


@pytest.mark.parametrize(
    ("typed", "kept", "code"),
    [
        ("138 0000 0000", "13800000000", None),
        ("0421-7812345", "0421-7812345", None),
        ("13800000000、13900000000", "13800000000", "phone_several"),
        ("无", "无", "phone_format"),
    ],
)
def test_29_phones(typed, kept, code):
    book = one("phone", typed)
    assert value(book, "phone") == kept and codes(book, WARNING) == ([code] if code else [])


@pytest.mark.parametrize(("typed", "kilometres"), [("500米", "0.5"), ("2.5公里", "2.5"), (0, "0.0"), ("3KM", "3.0")])
def test_30_distances(typed, kilometres):
    assert str(value(one("school_distance", typed), "school_distance")) == kilometres


def test_31_validity():
    assert value(one("id_validity", "2017.09.01-2027.09.01"), "id_validity") == "2017-09-01/2027-09-01"
    assert value(one("id_validity", "20170901-长期"), "id_validity") == "2017-09-01/长期"
    assert codes(one("id_validity", "20270901-20170901")) == ["validity_unreadable"]


def test_35_long_texts_are_refused_with_the_count():
    (finding,) = one("home_address", "村" * 181).of_level(ERROR)
    assert finding.code == "too_long" and "181" in finding.message


def test_no_finding_shows_a_whole_number():
    pupils = [pupil(1, sex="女", name="211399201709010118"), pupil(1), pupil(2, id_number="211399201709019990")]
    book = read(workbook(pupils))
    said = json.dumps([finding.as_dict() for finding in book.findings], ensure_ascii=False)
    assert "duplicate_id" in said and "id_check" in said
    assert "21139920170901" not in said and pupils[1]["id_number"] not in said


def test_reading_twice_says_the_same():
    data = workbook([pupil(1, sex="女"), pupil(2)])
    assert read(data) == read(data)
