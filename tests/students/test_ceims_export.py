"""The school's own file for the national system: complete, marked, logged, read back unchanged (第三十七条)."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from students.dictionary.fields import layout
from students.exporting import services
from students.models import FamilyMember, Look, Registration, Student
from tests.county import staff_member
from tests.importing import digest_of_records, imported, plan_of, registered
from tests.students.specimens_problems import found_pair
from tests.workbooks import id_number, pupil, workbook

PURPOSE = "秋季新生申请学籍号"
GUARDIAN = id_number(date(1980, 1, 1), 1)


def rows_of(file):
    page = load_workbook(io.BytesIO(file.content)).active
    return page, [list(row) for row in page.iter_rows(values_only=True)]


def pupils_of(school, count, **more):
    return [pupil(n, school_code=school.code, **more) for n in range(1, count + 1)]


@pytest.fixture
def school(no1):
    registered(workbook(pupils_of(no1, 3, member1__id_number=GUARDIAN)), no1)
    return no1


@pytest.fixture
def registrar(school):
    return staff_member(Role.REGISTRAR, school)


def exported(school, by, **given):
    return services.ceims_file(school, by=by, **{"which": "all", "version": "v1", "purpose": PURPOSE} | given)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_read_back_it_changes_nothing(school, registrar, version):
    """Every field filled, a finer relation than the template knows, a text that looks like a formula."""
    child = Student.objects.first()
    FamilyMember.objects.filter(student=child).update(relation="61")
    Student.objects.filter(pk=child.pk).update(talents="=1+1", school_distance="2.50", phone="0421-7812345")
    before = digest_of_records()
    file = exported(school, registrar, version=version)
    assert file.rows == 3 and file.name.endswith("20260915.xlsx")
    page, rows = rows_of(file)
    assert rows[0] == [header for header, _ in layout(version)]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
    plan = plan_of(file.content, school)
    assert plan.counts == plan.counts | {"rows": 3, "create": 0, "update": 0, "unchanged": 3, "error": 0}
    assert digest_of_records() == before


def test_numbers_are_complete_and_every_page_says_who_when_and_what_for(school, registrar):
    page, rows = rows_of(exported(school, registrar))
    column = rows[0].index("身份证件号")
    numbers = {child.id_number.plain() for child in Student.objects.all()}
    assert {row[column] for row in rows[1:]} == numbers
    for line in (page.oddHeader.left.text, page.oddFooter.left.text):
        assert "2026年9月15日" in line and PURPOSE in line and str(registrar.name) in line
    look = Look.objects.get(kind="file")
    assert (look.user, look.school, look.student) == (registrar, school, None)
    assert "3名" in look.reason and PURPOSE in look.reason
    lists = [rule for rule in page.data_validations.dataValidation if rule.formula1 == '"是,否"']
    assert lists, "short code tables are drop-downs"


def test_a_batch_that_still_waits_names_the_class_it_wants(no1):
    batch = imported(workbook(pupils_of(no1, 2)), no1).registration
    by = staff_member(Role.REGISTRAR, no1)
    _, rows = rows_of(exported(no1, by, batch=batch))
    assert len(rows) == 3 and {row[rows[0].index("班号")] for row in rows[1:]} == {"2024级1班"}
    with pytest.raises(Refused, match="没有学生"):
        exported(no1, by, which="all")


def test_only_those_who_wait_for_a_number(school, registrar, child_at):
    child_at(school, grade=3, name="样例号")
    taken = Student.objects.exclude(name="样例号").first()
    taken.numbers.filter(kind="registry").update(until=date(2026, 9, 15))
    assert exported(school, registrar, which="waiting").rows == 3
    assert exported(school, registrar, which="all").rows == 4


@pytest.mark.parametrize("role", [Role.HEADMASTER, Role.CLASS_TEACHER, Role.BUREAU_CHECKER, Role.AUDITOR])
def test_whoever_does_not_work_on_the_records_gets_no_file(school, bureau, role):
    person = staff_member(role, bureau if role in (Role.BUREAU_CHECKER, Role.AUDITOR) else school)
    with pytest.raises(NotYourHand):
        exported(school, person)
    with pytest.raises(NotYourHand):
        services.problem_file(school, by=person)
    assert not Look.objects.filter(kind="file").exists()


def test_another_school_gets_no_file_and_the_bureaus_clerk_does(school, no2, bureau):
    with pytest.raises(NotYourHand):
        exported(school, staff_member(Role.REGISTRAR, no2))
    clerk = staff_member(Role.BUREAU_CLERK, bureau)
    assert exported(school, clerk).rows == 3
    look = Look.objects.get(kind="file")
    assert look.school is None and look.reason.startswith("第一小学："), "the bureau's look names whose file it was"


def test_without_a_purpose_there_is_no_file(client, school, registrar):
    client.force_login(registrar)
    url, asked = reverse("students:ceims_export"), {"which": "all", "version": "v1", "purpose": " "}
    refused = client.post(url, asked)
    assert refused.status_code == 422 and refused.context["form"].errors.keys() == {"purpose"}
    answer = client.post(url, asked | {"purpose": PURPOSE})
    assert answer.status_code == 200 and len(rows_of(services.File("", answer.content, 0))[1]) == 4
    page = client.get(reverse("students:ceims")).content.decode()
    assert PURPOSE in page and "第三步" in page


def test_a_batch_of_another_school_cannot_be_asked_for(client, school, no2):
    other = imported(workbook([pupil(50, school_code=no2.code)]), no2).registration
    client.force_login(staff_member(Role.REGISTRAR, school))
    asked = {"batch": other.pk, "version": "v1", "purpose": PURPOSE}
    assert client.post(reverse("students:ceims_export"), asked).status_code == 422
    assert Registration.objects.count() == 2


def test_the_list_of_problems_says_what_by_which_article_and_what_to_do(child_at, no1, no2):
    child, *_ = found_pair(child_at, no1, no2)
    file = services.problem_file(no1, by=staff_member(Role.REGISTRAR, no1))
    page, rows = rows_of(file)
    said = {(row[1], row[5].partition("：")[0]): row for row in rows[1:]}
    number = said[child.name, "学籍号还是 L 开头的临时号"]
    assert number[0] == "2024级1班" and number[6] == "第六条第一款" and "申请学籍号" in number[7]
    assert said[child.name, "问题学籍"][6] == "第八条" and "佐证" in said[child.name, "问题学籍"][7]
    assert "民族" in said[child.name, "必填项为空"][5]
    text = "".join(str(cell) for row in rows for cell in row)
    assert child.id_number.plain() not in text and child.registry_number.plain() not in text
    assert Look.objects.get(kind="file").reason == f"导出问题清单（{len(rows) - 1}条）"


def test_a_school_with_every_kind_of_rare_name_comes_back_as_it_went(no1):
    """What GBK cannot write, what lies beyond sixteen bits, dots, Latin letters: exported and read, nobody changes."""
    rare, whole = ("㛃", "䶮", "𬭼", "𠅤", "𰻝", "〇"), ("其其格·娜仁", "Ana María")
    names = [f"王{each}{chr(0x4E00 + n)}" for n in range(32) for each in rare] + [*whole] * 4
    children = [pupil(n, school_code=no1.code, name=name) for n, name in enumerate(names)]
    registered(workbook(children), no1)
    before = digest_of_records()
    by = staff_member(Role.REGISTRAR, no1)
    for version in ("v1", "v2"):
        plan = plan_of(exported(no1, by, version=version).content, no1)
        said = {name: plan.counts[name] for name in ("rows", "create", "update", "unchanged", "error")}
        assert said == {"rows": 200, "create": 0, "update": 0, "unchanged": 200, "error": 0}
        assert not [each for each in plan.findings if each.code == "key_change"]
    assert digest_of_records() == before
    assert {"㛃", "𬭼", "𠅤", "𰻝"} <= {c for child in Student.objects.all() for c in child.name}


def test_long_code_tables_are_drop_downs_from_a_visible_sheet(school, registrar):
    book = load_workbook(io.BytesIO(exported(school, registrar).content))
    page, lists = book["学生信息"], book["代码表"]
    assert lists.sheet_state == "visible"
    ranges = {rule.formula1 for rule in page.data_validations.dataValidation if "代码表" in rule.formula1}
    said = {tuple(cell.value for (cell,) in lists[each.rpartition("!")[2].replace("$", "")]) for each in ranges}
    assert any({"中国", "蒙古"} <= set(choices) for choices in said), "国籍 is far too long for a list of its own"
    assert {each.data_type for row in lists.iter_rows() for each in row if each.value is not None} == {"s"}
