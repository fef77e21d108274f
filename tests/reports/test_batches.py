"""Many papers at once (requirements §5): laid out in parts, bound into one file, registered only when it is whole."""

import hashlib
import io
from datetime import timedelta

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from jianping_xueji.jobs.engine import execute, lease
from jianping_xueji.jobs.models import Job
from jianping_xueji.vault import VaultError, files
from reports.batches import services
from reports.batches.models import FILE_PLACE, Batch
from reports.batches.papers import children_of
from reports.forms import FORMS
from reports.models import Print
from schools.models import School
from students.models import Look, Student
from tests.county import class_of, make_school, staff_member
from tests.reports.batches import begun, file_of, finished, work
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of

SHEET = "consistency_sheet"
NAMES = ("张三", "李四", "王五")


@pytest.fixture
def junior(bureau):
    return make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR)


@pytest.fixture
def nine(junior, child_at):
    return [child_at(junior, grade=9, name=name) for name in NAMES]


@pytest.fixture
def registrar(junior):
    return staff_member(Role.REGISTRAR, junior)


@pytest.fixture
def small_parts(monkeypatch):
    """Two papers a part, so that three children make two parts."""
    monkeypatch.setattr(services, "PART", 2)


def items_of(junior, grade=9):
    return children_of(class_of(junior, grade))


def test_one_file_a_page_a_child_each_with_its_own_number(junior, nine, registrar, small_parts):
    batch = finished(SHEET, items_of(junior), registrar)
    pdf = file_of(batch)
    keep("batch", pdf)
    text = text_of(pdf)
    assert (batch.state, batch.done, batch.pages, pages_of(pdf)) == (Batch.State.DONE, 3, 3, 3)
    assert text.count("第1页／共1页") == len(NAMES)
    prints = Print.objects.order_by("pk")
    assert {row.child for row in prints} == set(nine)
    for row in prints:
        assert row.number in text and row.short_code in text and row.child.id_number.plain() in text
        assert (row.pdf_sha256, row.school, row.case) == (hashlib.sha256(pdf).hexdigest(), junior, None)
    assert len({row.token for row in prints}) == len(NAMES)


def test_the_merged_file_keeps_its_tags_page_by_page(junior, nine, registrar, small_parts):
    pdf = file_of(finished(SHEET, items_of(junior), registrar))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        tree = document.Root.StructTreeRoot
        places = [page.obj.objgen for page in document.pages]
        tagged = [places.index(element.Pg.objgen) for element in tree.K[0].K]
        assert set(tagged) == {0, 1, 2} and tagged == sorted(tagged)
        assert [int(page.obj.StructParents) for page in document.pages] == [0, 1, 2]
        assert (str(document.Root.Lang), bool(document.Root.MarkInfo.Marked)) == ("zh-CN", True)
        assert b'pdfuaid:part="1"' in document.Root.Metadata.read_bytes()


def test_nothing_is_registered_before_the_file_is_whole(junior, nine, registrar, small_parts):
    batch = begun(SHEET, items_of(junior), registrar)
    first = Job.objects.filter(kind="print.part").earliest("pk")
    execute(first.pk)
    batch = Batch.objects.get(pk=batch.pk)
    assert (batch.state, batch.done) == (Batch.State.RUNNING, 2)
    assert not Print.objects.exists() and not Look.objects.exists()


def test_cancelled_nothing_is_registered_and_nothing_runs_on(junior, nine, registrar, small_parts):
    batch = begun(SHEET, items_of(junior), registrar)
    services.cancel(batch)
    work()
    batch = Batch.objects.get(pk=batch.pk)
    assert batch.state == Batch.State.CANCELLED and not Print.objects.exists()
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.CANCELLED}


def test_two_lanes_only_so_other_jobs_find_a_worker(junior, child_at, registrar, monkeypatch):
    monkeypatch.setattr(services, "PART", 1)
    for name in "甲乙丙丁":
        child_at(junior, grade=9, name=name)
    begun(SHEET, items_of(junior), registrar)
    assert Job.objects.count() == 2
    work()
    assert Job.objects.filter(kind="print.part", state="done").count() == 4


def test_full_numbers_on_paper_leave_a_look_at_each_child(junior, nine, registrar):
    finished(SHEET, items_of(junior), registrar)
    assert Look.objects.count() == 2 * len(NAMES)
    assert set(Look.objects.values_list("student", flat=True)) == {child.pk for child in nine}


def test_printed_again_only_what_changed_is_overtaken(junior, nine, registrar):
    finished(SHEET, items_of(junior), registrar)
    Student.objects.filter(pk=nine[0].pk).update(ethnicity="02")
    finished(SHEET, items_of(junior), registrar)
    first = {row.child_id: row for row in Print.objects.order_by("pk")[: len(NAMES)]}
    assert first[nine[0].pk].standing == Print.Standing.SUPERSEDED
    assert all(first[child.pk].standing == Print.Standing.VALID for child in nine[1:])


def test_names_no_font_can_draw_are_told_together_then_printing_goes_on(junior, nine, registrar, small_parts):
    spoilt = [nine[0], nine[2]]
    for child in spoilt:
        Student.objects.filter(pk=child.pk).update(name=child.name + chr(0xE000))
    batch = finished(SHEET, items_of(junior), registrar)
    assert batch.state == Batch.State.FAILED and not Print.objects.exists()
    told = " ".join(batch.faults)
    assert all(f"学生“{child.name}{chr(0xE000)}”" in told for child in spoilt) and "U+E000" in told
    assert not any(child.name in job.error for job in Job.objects.all() for child in spoilt)
    for child in spoilt:
        Student.objects.filter(pk=child.pk).update(name=child.name)
    services.take_up_again(batch)
    work()
    assert Batch.objects.get(pk=batch.pk).state == Batch.State.DONE and Print.objects.count() == 3


def test_who_cannot_have_the_form_is_left_out_and_named(junior, nine, child_at, registrar):
    eight = child_at(junior, grade=8, name="赵六")
    batch = finished(SHEET, [*items_of(junior), {"child": eight.pk}], registrar)
    assert batch.state == Batch.State.DONE and Print.objects.count() == 3
    assert ["第十四条" in fault for fault in batch.faults] == [True]


def test_children_of_a_school_beyond_ones_right_are_not_printed(junior, nine, bureau, child_at, registrar):
    other = make_school(bureau, 8, "第八初级中学", School.Kind.JUNIOR)
    stranger = child_at(other, grade=9, name="生人")
    batch = finished(SHEET, [{"child": stranger.pk}], registrar)
    assert batch.state == Batch.State.FAILED and not Print.objects.exists()
    assert "没有打印" in batch.faults[0] and "生人" not in batch.faults[0]


def test_who_may_not_have_the_form_begins_no_batch_of_it(client, junior, nine):
    client.force_login(staff_member(Role.CLASS_TEACHER, junior))
    assert client.post(reverse("reports:batch_start"), {"form": "certificate_overprint"}).status_code == 403
    assert not Batch.objects.exists()


def test_a_batch_belongs_to_who_asked_for_it(client, junior, nine, registrar):
    batch = finished(SHEET, items_of(junior), registrar)
    pages = ("batch", "batch_progress", "batch_file")
    client.force_login(staff_member(Role.HEADMASTER, junior))
    for name in pages:
        assert client.get(reverse(f"reports:{name}", args=[batch.pk])).status_code == 404
    for name in ("batch_cancel", "batch_again"):
        assert client.post(reverse(f"reports:{name}", args=[batch.pk])).status_code == 404
    client.force_login(registrar)
    assert [client.get(reverse(f"reports:{name}", args=[batch.pk])).status_code for name in pages] == [200] * 3
    assert client.get(reverse("reports:batch_file", args=[batch.pk])).getvalue() == file_of(batch)


def test_from_the_page_of_a_class(client, junior, nine, registrar):
    client.force_login(registrar)
    answer = client.post(reverse("reports:print_class", args=[SHEET, class_of(junior, 9).pk]))
    batch = Batch.objects.get()
    assert answer.url == batch.get_absolute_url() and batch.total == 3
    assert batch.subject == "建平县第七初级中学九年级1班"


def test_chosen_by_school_and_class_with_one_child_left_out(client, junior, nine, registrar):
    client.force_login(registrar)
    given = {"form": SHEET, "school_class": class_of(junior, 9).pk}
    page = client.get(reverse("reports:batches"), given).content.decode()
    assert "共 <b>3</b> 份" in page and all(name in page for name in NAMES)
    client.post(reverse("reports:batch_start"), given | {"child": [nine[0].slug, nine[1].slug]})
    assert Batch.objects.get().total == 2


def test_all_business_of_a_school_at_once(client, transfer, registrar_of_transfer):
    batch = finished("transfer_contact", [{"case": transfer.pk}], registrar_of_transfer)
    record = Print.objects.get()
    assert batch.state == Batch.State.DONE
    assert (record.case_id, record.child, record.subject) == (transfer.pk, transfer.child, "")


@pytest.fixture
def registrar_of_transfer(transfer):
    return staff_member(Role.REGISTRAR, transfer.lead_school)


def test_nothing_to_print_and_too_much_are_said(client, junior, nine, registrar, monkeypatch):
    for items, said in (([], "没有"), (items_of(junior), "至多")):
        monkeypatch.setattr(services, "MOST", 2)
        with pytest.raises(services.NoBatch, match=said):
            begun(SHEET, items, registrar)
    assert not Batch.objects.exists()


@pytest.mark.parametrize("code", ["basics_form", "enrolment_proof"])
def test_forms_of_any_child_print_for_a_class(junior, nine, registrar, code):
    batch = finished(code, items_of(junior), registrar)
    assert batch.state == Batch.State.DONE and Print.objects.filter(form=code).count() == 3
    assert FORMS[code].title in text_of(file_of(batch)).replace("　", "")


def test_the_class_page_offers_it_for_grade_nine_only(client, junior, nine, child_at, registrar):
    child_at(junior, grade=8)
    client.force_login(registrar)
    address = reverse("reports:print_class", args=[SHEET, class_of(junior, 9).pk])
    assert address in client.get(reverse("students:class", args=[class_of(junior, 9).pk])).content.decode()
    assert "打印全班" not in client.get(reverse("students:class", args=[class_of(junior, 8).pk])).content.decode()
    assert client.post(reverse("reports:print_class", args=["acceptance_receipt", 1])).status_code == 404


def test_the_database_is_asked_no_more_for_a_larger_class(junior, nine, child_at, registrar):
    """But for the serial number each page draws, the savepoint its content is read in, and the pulse of the job."""

    def questions():
        with CaptureQueriesContext(connection) as asked:
            finished(SHEET, items_of(junior), registrar)
        apart = ("nextval", "SAVEPOINT", "jobs_job")
        return sum(not any(word in query["sql"] for word in apart) for query in asked.captured_queries)

    questions()
    few = questions()
    for _ in range(5):
        child_at(junior, grade=9)
    assert questions() == few


def test_a_worker_killed_in_the_middle_of_a_part_costs_nothing(junior, nine, registrar, small_parts):
    """Its lease runs out, another worker lays the part out again: every child has one print, once."""
    batch = begun(SHEET, items_of(junior), registrar)
    taken = Job.objects.filter(kind="print.part").earliest("pk")
    assert lease(taken.pk).state == Job.State.RUNNING  # and never heard of again
    work()
    assert Batch.objects.get(pk=batch.pk).state == Batch.State.RUNNING and not Print.objects.exists()
    Job.objects.filter(pk=taken.pk).update(lease_until=timezone.now() - timedelta(minutes=2))
    execute(taken.pk)
    work()
    batch = Batch.objects.get(pk=batch.pk)
    assert (batch.state, batch.pages) == (Batch.State.DONE, 3)
    assert sorted(Print.objects.values_list("child", flat=True)) == sorted(child.pk for child in nine)


def test_after_binding_the_parts_leave_nothing_on_the_disk(junior, nine, registrar, small_parts):
    batch = finished(SHEET, items_of(junior), registrar)
    for part in batch.all_parts:
        with pytest.raises(VaultError):
            files.load(batch.key, part.stored_name, FILE_PLACE, part.sha256)
