"""Old workbooks and lists as text are read like new ones: what is hidden is said, dates count from their own year."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from students.importing.container import SCHOOL
from students.importing.findings import ERROR, WARNING
from students.importing.marking import marked_copy
from tests.old_workbooks import book, compound, record, sheet, xls
from tests.students.ordinary_files import HEADERS, ORDER, text_list
from tests.students.test_import_layouts import codes, read
from tests.workbooks import column_of, pupil, saved, workbook


def old(*pupils, more=b"", **how):
    rows = [HEADERS, *([cells.get(attribute) for attribute in ORDER] for cells in pupils)]
    return read(compound(book({"学生信息": sheet(rows, more=more)}, **how)))


def test_an_old_workbook_says_the_same_as_a_new_one():
    rows = [pupil(n, phone=13800000000.0, postcode=122400.0) for n in range(3)]
    assert [row.values for row in read(xls(rows)).rows] == [row.values for row in read(workbook(rows)).rows]


def test_hidden_rows_and_columns_of_an_old_workbook():
    row = record(0x0208, b"\x02\0" + b"\0" * 10 + b"\x20\0\0\0")
    column = record(0x007D, b"\x02\0\x02\0" + b"\0" * 4 + b"\x01\0" + b"\0\0")
    assert codes(old(pupil(1), pupil(2), more=row + column), WARNING) == ["hidden_column", "hidden_rows"]


def test_dates_of_1904_in_an_old_workbook():
    assert old(pupil(1, birth_date=41_519.0), date1904=True).rows[0].values["birth_date"] == date(2017, 9, 3)


def grouped(child, *, merged: bool) -> bytes:
    """A header of three rows: 成员一 and 成员二 reach over two of them, and over columns of the same sub-headers."""
    groups, below, merges = list(HEADERS), [""] * len(ORDER), []
    for index, attribute in enumerate(ORDER):
        member, _, own = attribute.partition(".")
        if own:
            titles = {"member1": "家庭成员或监护人信息一", "member2": "家庭成员或监护人信息二"}
            groups[index], below[index] = titles[member] if own == "name" else "", HEADERS[index][3:]
        else:
            merges.append((0, 2, index, index))
    for member in ("member1.", "member2."):
        columns = [index for index, attribute in enumerate(ORDER) if attribute.startswith(member)]
        merges.append((0, 1, columns[0], columns[-1]))
    rows = [groups, [], below, [child.get(attribute) for attribute in ORDER]]
    places = b"".join(each.to_bytes(2, "little") for merge in merges for each in merge)
    merge = record(0x00E5, len(merges).to_bytes(2, "little") + places) if merged else b""
    return compound(book({"S": sheet(rows, more=merge)}))


def test_merged_headers_of_an_old_workbook():
    """The title two rows above a sub-header belongs to it because the cells are merged, and for no other reason."""
    child = pupil(1, member2__name="李梅", member2__relation="母亲")
    found = read(grouped(child, merged=True))
    values = found.rows[0].values
    assert (found.findings, found.rows[0].row_no, values["name"]) == ([], 4, child["name"])
    assert (values["member1.name"], values["member2.name"]) == (child["member1.name"], "李梅")
    assert read(grouped(child, merged=False)).stopped


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_text_in_four_encodings(encoding):
    read_back = read(text_list([pupil(1, name="张㛃"), pupil(2)], encoding=encoding))
    assert [row.values["name"] for row in read_back.rows][0] == "张㛃" and read_back.findings == []


def test_a_cell_of_several_lines_is_one_row():
    again = read(text_list([pupil(1, home_address="一行\n二行"), pupil(2, sex="不详")], encoding="gb18030"))
    assert [each.row for each in again.of_level(ERROR)] == [3]


def test_text_read_with_the_wrong_key_is_no_list():
    """UTF-8 that another program took for GBK and saved: no header is found, and nothing is imported."""
    mojibake = text_list([pupil(1)], encoding="utf-8").decode("gb18030", "replace").encode("utf-8")
    assert read(mojibake).stopped


# --- the copy that comes back -----------------------------------------------------------------------------------------


def copy_of(data):
    seen = read(data)
    said = [each.as_dict() for each in seen.findings]
    return marked_copy(data, said, sheet=seen.sheet, head=seen.head, limits=SCHOOL)


def test_everything_else_of_the_file_stays(tmp_path):
    """Widths, comments, lists to choose from and other sheets are the user's."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    def dressed(page):
        page.column_dimensions["B"].width = 33
        page["B2"].comment = Comment("问过家长", "李老师")
        page["C2"].font, page["C3"].fill = Font(bold=True), PatternFill("solid", fgColor="FF123456")
        listed = DataValidation(type="list", formula1='"男,女"')
        page.add_data_validation(listed)
        listed.add("C2:C9")
        page.parent.create_sheet("说明")["A1"] = "请勿改动"

    data = workbook([pupil(1, sex="不详"), pupil(2)], edit=dressed)
    copy = load_workbook(io.BytesIO(copy_of(data)))
    page = copy["学生信息"]
    assert copy.sheetnames == ["学生信息", "说明", "核对结果"] and copy["说明"]["A1"].value == "请勿改动"
    assert page.column_dimensions["B"].width == 33 and page["B2"].comment.text == "问过家长"
    assert page["C2"].font.bold and page["C2"].fill.fgColor.rgb == "FFFFE566"
    assert page["C3"].fill.fgColor.rgb == "FF123456" and page.data_validations.count == 1


def test_a_second_marking_replaces_the_first():
    data = workbook([pupil(1, sex="不详"), pupil(2, ethnicity="汗族")])
    book_of = load_workbook(io.BytesIO(copy_of(data)))
    book_of["学生信息"].cell(2, column_of("sex")).value = pupil(1)["sex"]
    again = load_workbook(io.BytesIO(copy_of(saved(book_of))))
    page = again["学生信息"]
    coloured = [cell.coordinate for row in page for cell in row if cell.fill.fgColor.rgb == "FFFFE566"]
    last = page.cell(3, page.max_column).coordinate
    assert coloured == [page.cell(3, column_of("ethnicity")).coordinate, last]
    assert [page.cell(row, page.max_column).value is None for row in (2, 3)] == [True, False]
    assert again.sheetnames == ["学生信息", "核对结果"] and again["核对结果"].max_row == 2


def test_what_a_stranger_typed_is_no_formula_in_the_copy():
    evil = '=HYPERLINK("http://x")'
    copy = load_workbook(io.BytesIO(copy_of(text_list([pupil(1, home_address=evil, sex=evil)], encoding="utf-8"))))
    cells = [cell for page in copy for row in page for cell in row if cell.value is not None]
    assert cells and all(cell.data_type != "f" for cell in cells)
