"""一致性核对单 for a whole class of grade nine: one file, a page a child, each a print of its own (第十四条)."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from reports.class_prints import print_class
from reports.errors import MissingGlyph, NotPrintable
from reports.forms import FORMS
from reports.models import Print
from schools.models import School
from students.models import Look, Student
from tests.county import class_of, make_school, staff_member
from tests.reports.conftest import address_of, keep, pages_of
from tests.reports.texts import text_of

SHEET = FORMS["consistency_sheet"]
NAMES = ("张三", "李四", "王五")


@pytest.fixture
def junior(bureau):
    return make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR)


@pytest.fixture
def nine(junior, child_at):
    return [child_at(junior, grade=9, name=name) for name in NAMES]


def printed(school, grade=9, by=None):
    by = by or staff_member(Role.REGISTRAR, school)
    return print_class(SHEET, class_of(school, grade), by=by, address_of=address_of)


def test_one_file_a_page_a_child_each_with_its_own_number(junior, nine):
    pdf = printed(junior).pdf
    keep("consistency_sheet-class", pdf)
    text = text_of(pdf)
    assert pages_of(pdf) == len(NAMES) and text.count("第1页／共1页") == len(NAMES)
    prints = Print.objects.order_by("pk")
    assert {row.child for row in prints} == set(nine)
    for row in prints:
        assert row.number in text and row.short_code in text and row.child.id_number.plain() in text
        assert (row.pdf_sha256, row.school, row.case) == (hashlib.sha256(pdf).hexdigest(), junior, None)
    assert len({row.token for row in prints}) == len(NAMES)


def test_each_page_leads_to_its_own_proof(client, junior, nine):
    printed(junior)
    for row in Print.objects.all():
        page = client.get(reverse("reports:verify", args=[row.token])).content.decode()
        assert row.masked_name in page and row.number in page and "九年级1班" in page and "有效" in page


def test_full_numbers_on_paper_leave_a_look_at_each_child(junior, nine):
    printed(junior)
    assert Look.objects.count() == 2 * len(NAMES)
    assert set(Look.objects.values_list("student", flat=True)) == {child.pk for child in nine}


def test_printed_again_only_what_changed_is_overtaken(junior, nine):
    printed(junior)
    Student.objects.filter(pk=nine[0].pk).update(ethnicity="02")
    printed(junior)
    first = {row.child_id: row for row in Print.objects.order_by("pk")[: len(NAMES)]}
    assert first[nine[0].pk].standing == Print.Standing.SUPERSEDED
    assert all(first[child.pk].standing == Print.Standing.VALID for child in nine[1:])


def test_only_grade_nine_and_only_a_class_with_children(junior, child_at):
    child_at(junior, grade=8)
    for grade, said in ((8, "第十四条"), (9, "没有学生")):
        with pytest.raises(NotPrintable, match=said):
            printed(junior, grade)
    assert not Print.objects.exists()


def test_names_no_font_can_draw_are_told_together_and_nothing_is_printed(junior, nine):
    for child in nine[:2]:
        Student.objects.filter(pk=child.pk).update(name=child.name + chr(0xE000))
    with pytest.raises(MissingGlyph) as refused:
        printed(junior)
    assert all(child.name in "".join(refused.value.sentences) for child in nine[:2])
    assert not Print.objects.exists() and not Look.objects.exists()


def test_another_school_prints_nothing(junior, nine, no1):
    with pytest.raises(PermissionDenied):
        printed(junior, by=staff_member(Role.REGISTRAR, no1))


def test_the_button_stands_on_the_page_of_a_class_of_grade_nine(client, junior, nine):
    client.force_login(staff_member(Role.REGISTRAR, junior))
    address = reverse("reports:print_class", args=["consistency_sheet", class_of(junior, 9).pk])
    assert address in client.get(reverse("students:class", args=[class_of(junior, 9).pk])).content.decode()
    assert "打印全班" not in client.get(reverse("students:class", args=[class_of(junior, 8).pk])).content.decode()
    answer = client.post(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client.post(reverse("reports:print_class", args=["acceptance_receipt", 1])).status_code == 404


def test_the_database_is_asked_no_more_for_a_larger_class(junior, nine, child_at):
    """But for the serial number each page draws."""

    def questions():
        with CaptureQueriesContext(connection) as asked:
            printed(junior)
        return sum("nextval" not in query["sql"] for query in asked.captured_queries)

    printed(junior)
    few = questions()
    for _ in range(5):
        child_at(junior, grade=9)
    assert questions() == few
