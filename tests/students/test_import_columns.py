"""What a column is may be said by people: once for this file, and remembered for the school's next one."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.roles import Role
from jianping_xueji.jobs.engine import execute
from students.importing.choosing import remembered
from students.importing.findings import column_letter
from students.models import FamilyMember, ImportFile, RememberedColumn, Student
from tests.importing import registered
from tests.students.ordinary_files import text_list
from tests.students.test_import_pages import page, upload
from tests.workbooks import column_of, pupil, saved, workbook


@pytest.fixture
def registrar(client, staff, no1):
    user = staff(Role.REGISTRAR, no1)
    client.force_login(user)
    return user


def read(client, data, school, name="名册.xlsx", **more):
    """Upload and let the job read."""
    upload(client, data, school, name, **more)
    return job_done(ImportFile.objects.latest("pk"))


def job_done(file):
    file.refresh_from_db()
    execute(file.job_id)
    return ImportFile.objects.get(pk=file.pk)


def columns(file):
    return reverse("students:import_columns", args=[file.pk])


def said(client, file, **changes):
    """The page of columns sent back as drawn, with some choices changed."""
    from students.importing.column_page import ColumnPage

    drawn = ColumnPage.of(file)
    answer = {f"column_{column.letter}": column.attribute for column in drawn.shown}
    return client.post(columns(file), answer | {"sheet": drawn.sheet, "head": drawn.head} | changes)


OWN_WORDS = {"ethnicity": "哪个民族", "home_address": "家住哪里"}


def test_a_header_in_the_schools_own_words_is_said_once(client, registrar, no1):
    file = read(client, workbook([pupil(1)], headers=OWN_WORDS), no1)
    assert file.state == "unusable" and "指明列的对应" in page(client, file)
    shown = client.get(columns(file)).content.decode()
    assert "哪个民族" in shown and "汉族" in shown and pupil(1)["id_number"] not in shown

    letters = {each["header"]: each["column"] for each in file.mapping}
    answer = said(
        client, file, **{f"column_{letters['哪个民族']}": "ethnicity", f"column_{letters['家住哪里']}": "home_address"}
    )
    assert answer.status_code == 302
    file = job_done(file)
    assert file.state == "parsed" and file.counts["create"] == 1 and file.counts["errors"] == 0

    # The next file of the same school needs nobody; another school's is still a question.
    again = read(client, workbook([pupil(2)], headers=OWN_WORDS), no1)
    assert again.state == "parsed" and again.counts["create"] == 1


def test_what_one_school_says_binds_no_other(client, registrar, staff, no1, no2):
    RememberedColumn.objects.create(
        school=no1, header="哪个民族", attribute="ethnicity", said_by=registrar, said_on="2026-01-01"
    )
    client.force_login(staff(Role.REGISTRAR, no2))
    file = read(client, workbook([pupil(1, school_code=no2.code)], headers={"ethnicity": "哪个民族"}), no2)
    assert file.state == "unusable" and remembered(no2) == {}


def test_saying_the_plain_meaning_again_forgets(client, registrar, no1):
    file = read(client, workbook([pupil(1)]), no1)
    letter = next(each["column"] for each in file.mapping if each["header"] == "籍贯")
    said(client, file, **{f"column_{letter}": ""})
    assert remembered(no1) == {"籍贯": ""}
    file = job_done(file)
    said(client, file, **{f"column_{letter}": "native_place"})
    assert remembered(no1) == {}


LONG = (
    "孩子现在每天放学以后实际居住的地方（请写到村、组、门牌号，租住的也要写清楚房东姓名和电话，以便老师家访时能够找到）"
)


@pytest.mark.parametrize("header", [LONG, LONG * 4, "家住哪儿，电话13812345678901"])
def test_a_long_header_or_one_with_a_number_in_it_is_known_again(client, registrar, no1, header):
    """The page shows it shortened and masked; what is remembered is the header itself."""
    file = read(client, workbook([pupil(1)], headers={"home_address": header}), no1)
    shown = client.get(columns(file)).content.decode()
    assert "13812345678901" not in shown and LONG not in shown
    letter = next(each["column"] for each in file.mapping if each["header"] == header)
    said(client, file, **{f"column_{letter}": "home_address"})
    assert job_done(file).state == "parsed"
    assert read(client, workbook([pupil(2)], headers={"home_address": header}), no1).state == "parsed"
    other = header[:-2] + "别" + header[-1]  # only its end tells it from the header that was said
    assert read(client, workbook([pupil(3)], headers={"home_address": other}), no1).state == "unusable"


def test_of_two_columns_with_one_header_the_one_that_was_said_is_known_again(client, registrar, no1):
    """The first 备注 stays a question of its own, in the next list as well."""
    headers = {"home_address": "备注", "homepage": "备注"}
    first, second = (f"column_{column_letter(column_of(name) - 1)}" for name in headers)
    file = read(client, workbook([pupil(1)], headers=headers), no1)
    said(client, file, **{first: "home_address", second: "homepage"})
    assert job_done(file).state == "parsed"
    assert remembered(no1) == {"备注": "home_address", "备注#2": "homepage"}
    again = read(client, workbook([pupil(2)], headers=headers), no1)
    assert again.state == "parsed" and again.counts["create"] == 1


def test_the_plain_meaning_of_a_grouped_header_is_forgotten_too(client, registrar, no1):
    """家庭成员一 over 职务 means 成员1职务, whatever the page has been told before."""
    first, second, after = (column_of(name) for name in ("member1.name", "member2.name", "migrant_child"))

    def group(page):
        page.insert_rows(1)
        for start, end, title in ((1, first, "基本信息"), (first, second, "家庭成员一"), (second, after, "家庭成员二")):
            page.cell(1, start, title)
            page.merge_cells(start_row=1, start_column=start, end_row=1, end_column=end - 1)
        page.cell(1, after, "其他")
        for number in range(first, after):
            page.cell(2, number).value = page.cell(2, number).value[3:]

    file = read(client, workbook([pupil(1)], edit=group), no1)
    letter = next(each["column"] for each in file.mapping if each["attribute"] == "member1.position")
    said(client, file, **{f"column_{letter}": ""})
    assert list(remembered(no1).values()) == [""]
    file = job_done(file)
    said(client, file, **{f"column_{letter}": "member1.position"})
    assert remembered(no1) == {}


def test_two_columns_cannot_be_the_same_field(client, registrar, no1):
    file = read(client, workbook([pupil(1)], headers={"homepage": "联系电话"}), no1)
    answer = said(client, file)
    assert answer.status_code == 422 and "“联系电话”指了 2 列" in answer.content.decode()
    assert said(client, file, column_A="nonsense").status_code == 422
    assert not RememberedColumn.objects.exists()
    answer = said(client, file, column_AQ="")
    assert answer.status_code == 302 and job_done(file).state == "parsed"


def test_the_header_row_and_the_sheet_can_be_said(client, registrar, no1):
    book = load_workbook(io.BytesIO(workbook([pupil(1)])))
    page_of_others = book.copy_worksheet(book.active)
    page_of_others.title = "去年"
    file = read(client, saved(book), no1)
    assert file.state == "unusable"
    shown = client.get(columns(file), {"sheet": "学生信息"}).content.decode()
    assert "去年" in shown
    assert said(client, file, sheet="学生信息", head="1").status_code == 302
    assert job_done(file).sheet == "学生信息"


def test_only_those_who_keep_the_records_say_what_columns_are(client, registrar, staff, no1, no2):
    file = read(client, workbook([pupil(1, sex="不详")]), no1)
    addresses = [columns(file), reverse("students:import_marked", args=[file.pk])]
    client.force_login(staff(Role.HEADMASTER, no1))
    assert [client.get(address).status_code for address in addresses] == [403, 403]
    client.force_login(staff(Role.REGISTRAR, no2))
    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_the_marked_copy_is_put_right_and_comes_back(client, registrar, no1):
    file = read(client, workbook([pupil(1), pupil(2, sex="不详"), pupil(3)], before=[["三年级名册"]]), no1)
    answer = client.get(reverse("students:import_marked", args=[file.pk]))
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book["学生信息"]
    cell = sheet.cell(4, column_of("sex"))
    assert cell.fill.fgColor.rgb == "FFFFE566" and sheet["A1"].value == "三年级名册"
    assert "性别：“不详”不是性别的选项" in sheet.cell(4, sheet.max_column).value
    assert book.sheetnames == ["学生信息", "核对结果"] and book["核对结果"]["C2"].value == "4"

    cell.value = "女" if int(pupil(2)["id_number"][16]) % 2 == 0 else "男"
    file = read(client, saved(book), no1)
    assert file.counts["create"] == 3 and file.counts["errors"] == 0


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_text_list_is_imported_and_comes_back_as_a_workbook(client, registrar, no1, encoding):
    file = read(client, text_list([pupil(1, name="张㛃"), pupil(2, sex="?")], encoding=encoding), no1, "名册.csv")
    assert file.counts["create"] == 1 and file.counts["error"] == 1
    book = load_workbook(io.BytesIO(client.get(reverse("students:import_marked", args=[file.pk])).content))
    assert book["CSV"]["B2"].value == "张㛃" and "性别" in book["CSV"].cell(3, book["CSV"].max_column).value


# --- an automatic repair that is not wanted ---------------------------------------------------------------------------


def turned(client, file, cell, **more):
    """One press beside a cell, and the job that reads the list once more."""
    answer = client.post(reverse("students:import_repair", args=[file.pk]), {"cell": cell, **more})
    assert answer.status_code == 302, answer.content.decode()
    return job_done(file)


def test_one_repair_is_taken_back_and_stands_again(client, registrar, no1):
    """1500米 is read as 1.5 公里; whoever does not want that leaves the cell out, and the others stay repaired."""
    file = read(client, workbook([pupil(1, school_distance="1500米"), pupil(2, school_distance="2000米")]), no1)
    cell = f"{column_letter(column_of('school_distance') - 1)}2"
    shown = page(client, file)
    assert f'name="cell" value="{cell}"' in shown and "还原" in shown and file.counts["fixed"] == 2
    file = turned(client, file, cell)
    shown = page(client, file)
    assert file.counts["fixed"] == 1 and "未采用自动规范（已换算为 1.5 公里），该格不导入" in shown
    client.post(reverse("students:import_commit", args=[file.pk]), {"accept_warnings": "on"})
    job_done(file)
    assert dict(Student.objects.values_list("name", "school_distance")) == {
        pupil(1)["name"]: None, pupil(2)["name"]: Decimal("2.0"),
    }  # fmt: skip


def test_a_repair_stands_again_when_it_is_wanted_after_all(client, registrar, no1):
    file = read(client, workbook([pupil(1, school_distance="1500米")]), no1)
    cell = f"{column_letter(column_of('school_distance') - 1)}2"
    file = turned(client, turned(client, file, cell), cell, wanted="1")
    assert file.counts["fixed"] == 1 and file.choice["as_typed"] == []


def test_what_tells_who_a_child_is_is_not_left_out_but_waits(client, registrar, no1):
    """Without its repaired number the row would mean somebody else; it is not imported until the cell is put right."""
    number = pupil(1)["id_number"]
    file = read(client, workbook([pupil(1, id_number=f" {number[:6]} {number[6:]}"), pupil(2)]), no1)
    file = turned(client, file, f"{column_letter(column_of('id_number') - 1)}2")
    assert (file.counts["create"], file.counts["error"]) == (1, 1) and "本行不导入" in page(client, file)


def test_a_child_on_record_keeps_what_it_has_where_a_repair_is_taken_back(client, registrar, no1):
    registered(workbook([pupil(1, school_distance="3")]), no1)
    file = read(client, workbook([pupil(1, school_distance="1500米")]), no1)
    assert file.counts["update"] == 1
    file = turned(client, file, f"{column_letter(column_of('school_distance') - 1)}2")
    assert (file.counts["update"], file.counts["unchanged"]) == (0, 1)


def test_who_may_take_a_repair_back_and_when(client, registrar, staff, no1, no2):
    file = read(client, workbook([pupil(1, school_distance="1500米")]), no1)
    address = reverse("students:import_repair", args=[file.pk])
    refused = client.post(address, {"cell": "=cmd"})
    assert refused.status_code == 409 and "不是单元格" in refused.content.decode()
    for role, school, code in ((Role.HEADMASTER, no1, 403), (Role.REGISTRAR, no2, 404)):
        client.force_login(staff(role, school))
        assert client.post(address, {"cell": "A2"}).status_code == code
    client.force_login(staff(Role.HEADMASTER, no1))
    assert "还原" not in page(client, file)
    client.force_login(registrar)
    client.post(reverse("students:import_discard", args=[file.pk]))
    assert client.post(address, {"cell": "A2"}).status_code == 409


# --- lists that bring children on record up to date -------------------------------------------------------------------


def phone_list(*rows, headers=("班级", "姓名", "联系电话")) -> bytes:
    book = Workbook()
    for row in [["三年级联系电话"], headers, *rows]:
        book.active.append(list(row))
    return saved(book)


def test_a_telephone_list_knows_children_by_class_and_name(client, registrar, no1):
    registered(workbook([pupil(1), pupil(2)]), no1)
    one, two = pupil(1)["name"], pupil(2)["name"]
    rows = [("2024级1班", one, "13911112222"), ("2024级1班", two, "13800000000"), ("2024级1班", "没有此人", "1")]
    file = read(client, phone_list(*rows), no1, kind="partial")
    assert (file.counts["create"], file.counts["update"], file.counts["unchanged"], file.counts["error"]) == (
        0,
        1,
        1,
        1,
    )
    assert "本校没有查到这名在籍学生" in page(client, file)
    client.post(reverse("students:import_commit", args=[file.pk]), {"only_good": "on", "accept_warnings": "on"})
    job_done(file)
    assert Student.objects.get(name=one).phone == "13911112222" and Student.objects.count() == 2


def test_namesakes_of_a_class_need_a_number(client, registrar, no1):
    registered(workbook([pupil(1), pupil(2, name=pupil(1)["name"])]), no1)
    name = pupil(1)["name"]
    file = read(client, phone_list(("2024级1班", name, "13911112222")), no1, kind="partial")
    assert file.counts["error"] == 1 and "同名学生，无法确定是谁" in page(client, file)
    by_number = phone_list((pupil(2)["id_number"], "13911112222"), headers=("身份证号", "联系电话"))
    file = read(client, by_number, no1, kind="partial")
    assert file.counts["update"] == 1 and file.counts["error"] == 0


def test_a_list_that_names_nobody_is_refused(client, registrar, no1):
    file = read(client, phone_list(("张三", "1班", "1"), headers=("监护人", "备注", "联系电话")), no1, kind="partial")
    assert file.state == "unusable"


def test_the_full_list_still_needs_its_columns(client, registrar, no1):
    registered(workbook([pupil(1)]), no1)
    file = read(client, phone_list(("2024级1班", pupil(1)["name"], "13911112222")), no1)
    assert file.state == "unusable" and "缺少必填列" in page(client, file)
    assert not FamilyMember.objects.filter(phone="13911112222").exists()
