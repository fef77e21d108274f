"""自选导出: whom and which columns one likes, never a number, telephone or address in full, each file logged."""

import io
from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from students.exporting import selection
from students.models import FamilyMember, Look, Student
from tests.county import class_of, staff_member
from tests.importing import registered
from tests.workbooks import id_number, pupil, workbook

PURPOSE = "班主任核对名单"
EVERYTHING = list(selection.LABELS)


def children_of(school, start, **more):
    return [pupil(n, school_code=school.code, phone=f"1380000{n:04d}", **more) for n in range(start, start + 3)]


@pytest.fixture
def school(no1):
    guardian = id_number(date(1980, 1, 1), 1)
    registered(workbook(children_of(no1, 1, member1__id_number=guardian)), no1)
    Student.objects.update(talents="=1+1")
    return no1


@pytest.fixture
def registrar(school):
    return staff_member(Role.REGISTRAR, school)


def asked(client, person, **given):
    client.force_login(person)
    form = {"columns": ["name", "id_number"], "purpose": PURPOSE} | given
    return client.post(reverse("students:selection_export"), form)


def rows_of(answer):
    assert answer.status_code == 200, answer.context["form"].errors
    page = load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
    return [list(row) for row in page.iter_rows(values_only=True)], page


def test_the_columns_ticked_in_the_order_of_the_form(client, school, registrar):
    rows, page = rows_of(asked(client, registrar, columns=["status", "name", "talents"]))
    assert rows[0] == ["学籍状态", "姓名", "特长"] and {(r[0], r[2]) for r in rows[1:]} == {("在读", "=1+1")}
    assert PURPOSE in page.oddHeader.left.text and str(registrar.name) in page.oddFooter.left.text
    look = Look.objects.get(kind="file")
    assert (look.user, look.school, look.student) == (registrar, school, None)
    assert "3名，3栏" in look.reason and PURPOSE in look.reason


def test_nothing_confidential_stands_in_it_in_full(client, school, registrar):
    """Every column at once, against every number, telephone and address on record."""
    Student.objects.update(email="a@b.c")
    rows, _ = rows_of(asked(client, registrar, columns=EVERYTHING))
    assert len(rows) == 4 and len(rows[0]) == len(EVERYTHING)
    text = "\n".join(str(cell) for row in rows for cell in row)
    secrets = set()
    for child in Student.objects.all():
        secrets |= {child.id_number.plain(), child.registry_number.plain(), child.phone, child.home_address}
        secrets |= {member.phone for member in child.family.all()}
        assert child.id_number.tail in text
    assert FamilyMember.objects.exclude(id_tail="").count() == 3
    assert not [each for each in secrets if each and each in text]
    column = rows[0].index("成员1身份证件号")
    assert all(set(row[column][:-4]) == {"*"} for row in rows[1:])


def test_the_filters_choose_whom(client, school, registrar, child_at):
    child_at(school, grade=5, name="样例五年级")
    rows, _ = rows_of(asked(client, registrar, grade=5))
    assert [row[0] for row in rows[1:]] == ["样例五年级"]
    page = client.get(f"{reverse('students:selection')}?{urlencode({'school_class': class_of(school, 3).pk})}")
    assert page.context["count"] == 3 and "2024级1班" in page.content.decode()
    answer = asked(client, registrar, status="suspended")
    assert answer.status_code == 422 and "没有学生" in answer.content.decode()


def test_what_was_ticked_stays_when_the_purpose_is_wanting(client, school, registrar):
    answer = asked(client, registrar, columns=["talents", "phone"], purpose=" ", grade=3)
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == {"purpose"}
    page = answer.content.decode()
    assert page.count("checked") == 2 and '<input type="hidden" name="grade" value="3">' in page
    for columns in ([], ["wrapped_key"]):
        assert asked(client, registrar, columns=columns).status_code == 422
    assert not Look.objects.filter(kind="file").exists()


def test_too_many_for_one_file(client, school, registrar, monkeypatch):
    monkeypatch.setattr("students.exporting.workbook.MOST_ROWS", 2)
    answer = asked(client, registrar)
    assert answer.status_code == 422 and "超过2名学生" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.HEADMASTER, Role.CLASS_TEACHER, Role.BUREAU_CHECKER, Role.AUDITOR])
def test_whoever_does_not_work_on_records_takes_none_along(client, school, bureau, role):
    person = staff_member(role, bureau if role in (Role.BUREAU_CHECKER, Role.AUDITOR) else school)
    assert asked(client, person).status_code == 403
    assert client.get(reverse("students:selection")).status_code == 403
    assert not Look.objects.filter(kind="file").exists()


def test_a_school_sees_its_own_children_the_clerk_those_of_all_schools(client, school, no2, bureau):
    registered(workbook(children_of(no2, 11)), no2)
    stranger = staff_member(Role.REGISTRAR, no2)
    rows, _ = rows_of(asked(client, stranger, columns=["school"], school=school.pk))
    assert {row[0] for row in rows[1:]} == {no2.name}
    rows, _ = rows_of(asked(client, staff_member(Role.BUREAU_CLERK, bureau), columns=["school"]))
    assert len(rows) == 7 and {row[0] for row in rows[1:]} == {school.name, no2.name}
    assert Look.objects.filter(kind="file", school=None).count() == 1, "the bureau's own look"
