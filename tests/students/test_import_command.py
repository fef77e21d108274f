"""`import_students FILE --school CODE`: the same import from a shell, and broken workbooks with their outcome."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from students.models import ImportFile, Registration, Student
from tests.importing import digest_of_records
from tests.workbooks import (
    far_corner,
    overlapping,
    pupil,
    ratio_bomb,
    saved,
    size_lie,
    with_doctype,
    with_part,
    workbook,
)


@pytest.fixture
def run(no1, staff, tmp_path):
    """run(workbook, *options) → the JSON answer; the school has its registrar."""
    staff(Role.REGISTRAR, no1)

    def answer(data: bytes, *options: str) -> dict:
        path = tmp_path / "名册.xlsx"
        path.write_bytes(data)
        out = StringIO()
        try:
            call_command("import_students", str(path), "--school", no1.code, "--json", *options, stdout=out)
        finally:
            answer.last = out.getvalue()
        return json.loads(out.getvalue())

    return answer


def test_it_prints_exactly_what_was_promised(run):
    answer = run(workbook([pupil(1), pupil(2, sex="不详", phone="12345")]))
    assert list(answer) == ["rows", "create", "update", "unchanged", "errors", "warnings"]
    assert [answer[name] for name in ("rows", "create", "update", "unchanged")] == [2, 1, 0, 0]
    assert list(answer["errors"][0]) == ["sheet", "row", "column", "field", "code", "message"]
    first = answer["errors"][0]
    assert (first["sheet"], first["row"], first["field"], first["code"]) == ("学生信息", 3, "性别", "code_unknown")
    assert [each["code"] for each in answer["warnings"]] == ["phone_format"]


def test_without_commit_nothing_is_written(run):
    before = digest_of_records()
    run(workbook([pupil(1)]))
    assert digest_of_records() == before and not ImportFile.objects.exists()


def test_with_commit_the_batch_lies_with_the_school(run):
    assert run(workbook([pupil(n) for n in range(3)]), "--commit")["create"] == 3
    assert Registration.objects.get().state == "filled"
    again = run(workbook([pupil(n) for n in range(3)]), "--commit")
    assert (again["create"], again["unchanged"], Registration.objects.count()) == (0, 3, 1)


def test_errors_stop_the_commit_and_the_answer_is_still_printed(run):
    data = workbook([pupil(1), pupil(2, sex="不详")])
    before = digest_of_records()
    with pytest.raises(CommandError, match="1 行有误"):
        run(data, "--commit")
    assert json.loads(run.last)["errors"] and digest_of_records() == before and not ImportFile.objects.exists()
    run(data, "--commit", "--only-good")
    assert Student.objects.count() == 1


def test_a_school_without_a_registrar_in_office(no2, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([pupil(1, school_code=no2.code)]))
    with pytest.raises(CommandError, match="没有在任的学籍管理员"):
        call_command("import_students", str(path), "--school", no2.code, "--commit", stdout=StringIO())


def test_a_table_for_people(no1, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([pupil(1, sex="不详")]))
    out = StringIO()
    call_command("import_students", str(path), "--school", no1.code, stdout=out)
    assert out.getvalue().startswith("行数 1　新增 0　变更 0　无变化 0　有误 1") and "[错误]" in out.getvalue()


def faulty(**changes):
    return lambda: workbook([pupil(1, **changes), pupil(2)])


def without_header() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["通知", "请各班填写"])
    return saved(book)


def error_cell(page):
    page["B2"] = "#N/A"
    page["B2"].data_type = "e"


def uncalculated(page):
    page["B2"] = '=CONCATENATE("王","小禾")'


# name → (workbook, code of the error, rows still importable)
BROKEN = {
    "number typed as a number": (faulty(id_number=211399201709010118.0), "number_cell_rounded", 1),
    "Cyrillic in the number": (faulty(id_number="21139920170903001Х"), "id_not_letter_x", 1),
    "lost character in the name": (faulty(name="王?禾"), "name_lost_character", 1),
    "pinyin inside a Han name": (faulty(name="王YAN"), "name_pinyin", 1),
    "year and month only": (faulty(birth_date="2017年9月"), "date_incomplete", 1),
    "impossible day": (faulty(birth_date="2017-13-01"), "date_impossible", 1),
    "birth date against number": (faulty(birth_date="20170101"), "birth_mismatch", 1),
    "sex against number": (faulty(sex="女"), "sex_mismatch", 1),
    "unknown ethnic group": (faulty(ethnicity="汗"), "code_unknown", 1),
    "是 for left-behind": (faulty(left_behind="是"), "left_behind_kind", 1),
    "required cell empty": (faulty(home_address=None), "required", 1),
    "unknown class": (faulty(class_number="2019级9班"), "class_unknown", 1),
    "same number twice": (lambda: workbook([pupil(1), pupil(1, name="王小禾"), pupil(2)]), "duplicate_id", 1),
    "error cell": (lambda: workbook([pupil(1), pupil(2)], edit=error_cell), "error_cell", 1),
    "formula never calculated": (lambda: workbook([pupil(1), pupil(2)], edit=uncalculated), "formula_uncalculated", 1),
    "another school's workbook": (faulty(school_code="2121000009"), "other_school", 1),
    "required column missing": (lambda: workbook([pupil(1)], headers={"name": "花名"}), "missing_column", 0),
    "no header": (without_header, "no_header", 0),
    "far corner": (far_corner, "too_many_columns", 0),
    "bomb": (ratio_bomb, "ratio", 0),
    "billion laughs": (with_doctype, "doctype", 0),
    "size that lies": (size_lie, "size_lie", 0),
    "overlapping parts": (overlapping, "overlap", 0),
    "macros": (lambda: with_part(workbook([pupil(1)]), "xl/vbaProject.bin", b"x"), "macros", 0),
    "a web page": (lambda: b"<html><table></table></html>", "html", 0),
    "cut off": (lambda: workbook([pupil(1)])[:900], "truncated", 0),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_workbook_gives_its_written_outcome(run, fault):
    make, code, importable = BROKEN[fault]
    before = digest_of_records()
    answer = run(make())
    assert code in {each["code"] for each in answer["errors"]}, answer["errors"]
    assert answer["create"] == importable and digest_of_records() == before
    assert all(each["message"] for each in answer["errors"])
