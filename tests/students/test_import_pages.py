"""The import in the browser's words: upload, progress, preview, confirmation; whose file it is decides who sees it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from jianping_xueji.jobs import Job
from jianping_xueji.jobs.engine import execute
from students.models import ImportFile, Registration, Student
from tests.importing import imported, registered
from tests.workbooks import pupil, workbook


@pytest.fixture
def registrar(client, staff, no1):
    user = staff(Role.REGISTRAR, no1)
    client.force_login(user)
    return user


def upload(client, data, school, name="三年级.xlsx", **more):
    given = SimpleUploadedFile(name, data)
    return client.post(reverse("students:import"), {"school": school.pk, "workbook": given, **more})


def uploaded(client, data, school):
    """Upload and let the job read."""
    upload(client, data, school)
    file = ImportFile.objects.latest("pk")
    execute(file.job_id)
    return ImportFile.objects.get(pk=file.pk)


def page(client, file):
    return client.get(file.get_absolute_url()).content.decode()


def test_from_upload_to_a_batch_on_the_registrars_desk(client, registrar, no1):
    answer = upload(client, workbook([pupil(n) for n in range(3)]), no1)
    file = ImportFile.objects.get()
    assert answer.status_code == 302 and answer.url == file.get_absolute_url()
    assert "正在处理" in page(client, file)

    execute(file.job_id)
    assert Job.objects.get(pk=file.job_id).result_url == file.get_absolute_url()
    assert "确认提交" in page(client, file) and not Student.objects.exists()

    client.post(reverse("students:import_commit", args=[file.pk]))
    file.refresh_from_db()
    execute(file.job_id)
    case = Registration.objects.get()
    assert Job.objects.get(pk=file.job_id).result_url == case.get_absolute_url()
    shown = client.get(case.get_absolute_url()).content.decode()
    assert "提交学校审核" in shown and Student.objects.first().name in shown and "原表第" in shown


def test_the_upload_is_kept_sealed_and_numbers_never_show(client, registrar, no1):
    row = pupil(1, sex="不详")
    file = uploaded(client, workbook([row, pupil(2)]), no1)
    assert file.content().startswith(b"PK") and row["name"].encode() not in bytes(file.sealed_report)
    assert row["id_number"] not in page(client, file)


def test_findings_are_grouped_by_cause_and_can_be_downloaded(client, registrar, no1):
    rows = [pupil(n, ethnicity="汗" if n < 3 else "汉族") for n in range(5)]
    file = uploaded(client, workbook(rows), no1)
    shown = page(client, file)
    assert "民族：不是下拉表里的选项" in shown and "3 处" in shown
    answer = client.get(reverse("students:import_findings", args=[file.pk]))
    lines = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert lines[0][:3] == ("级别", "工作表", "行") and len(lines) == 4
    assert lines[1][:5] == ("有误", "学生信息", "2", "G", "民族")


def test_differences_are_shown_before_they_are_written(client, registrar, no1):
    registered(workbook([pupil(n) for n in range(25)]), no1)
    file = uploaded(client, workbook([pupil(n, phone="13911111111") for n in range(25)]), no1)
    shown = page(client, file)
    assert "13800000000" in shown and "13911111111" in shown and "第 1～20 名，共 25 名" in shown
    assert "第 21～25 名" in client.get(f"{file.get_absolute_url()}?after=20").content.decode()


def test_the_choices_are_asked_for(client, registrar, no1):
    file = uploaded(client, workbook([pupil(1), pupil(2, sex="不详"), pupil(3, phone="12345")]), no1)
    refused = client.post(reverse("students:import_commit", args=[file.pk]))
    assert refused.status_code == 422 and "只提交无误的行" in refused.content.decode()
    given = {"only_good": "on", "accept_warnings": "on"}
    assert client.post(reverse("students:import_commit", args=[file.pk]), given).status_code == 302
    file.refresh_from_db()
    execute(file.job_id)
    assert Student.objects.count() == 2


def test_records_that_moved_are_shown_again(client, registrar, no1):
    file = uploaded(client, workbook([pupil(1)]), no1)
    imported(workbook([pupil(1)]), no1)
    client.post(reverse("students:import_commit", args=[file.pk]))
    file.refresh_from_db()
    execute(file.job_id)
    file.refresh_from_db()
    assert (file.state, file.counts["unchanged"], file.registration) == ("parsed", 1, None)
    assert "预览之后学籍数据有变化" in page(client, file)


def test_an_unreadable_file_says_why(client, registrar, no1):
    file = uploaded(client, b"<html></html>", no1)
    shown = page(client, file)
    assert file.state == "unusable" and "这份文件不能导入" in shown and "网页" in shown
    assert client.post(reverse("students:import_commit", args=[file.pk])).status_code == 422


def test_a_file_given_up_is_erased(client, registrar, no1, django_capture_on_commit_callbacks):
    from jianping_xueji.vault import VaultError

    file = uploaded(client, workbook([pupil(1)]), no1)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("students:import_discard", args=[file.pk]))
    file.refresh_from_db()
    assert file.state == "discarded" and file.report["findings"] == []
    with pytest.raises(VaultError):
        file.content()


@pytest.mark.parametrize("name", ["import_preview", "import_findings", "import_commit", "import_discard"])
def test_another_schools_file_does_not_exist(client, staff, no1, no2, name):
    file = imported(workbook([pupil(1)]), no1)
    client.force_login(staff(Role.REGISTRAR, no2))
    address = reverse(f"students:{name}", args=[file.pk])
    answer = client.post(address) if name in ("import_commit", "import_discard") else client.get(address)
    assert answer.status_code == 404


def test_who_only_looks_may_not_commit(client, registrar, staff, no1):
    file = uploaded(client, workbook([pupil(1)]), no1)
    client.force_login(staff(Role.HEADMASTER, no1))
    assert "确认提交" not in page(client, file)
    assert client.post(reverse("students:import_commit", args=[file.pk])).status_code == 403
    assert client.post(reverse("students:import_discard", args=[file.pk])).status_code == 403
    assert client.get(reverse("students:import")).status_code == 403


def test_a_registrar_cannot_name_another_school(client, registrar, no2):
    assert upload(client, workbook([pupil(1)]), no2).status_code == 422
    assert not ImportFile.objects.exists()


def test_the_batch_pages_show_the_red_rows_first(client, staff, no1):
    rows = [pupil(n) for n in range(3)]
    rows += [pupil(10 + n, class_number="2026级1班", entered_month="202609") for n in range(56)]
    case = imported(workbook(rows), no1).registration
    client.force_login(staff(Role.HEADMASTER, no1))
    shown = client.get(case.get_absolute_url()).content.decode()
    assert shown.count("</svg>有问题") == 50 and "查看全部 59 名" in shown
    listed = client.get(reverse("students:import_batch", args=[case.number]), {"after": 50}).content.decode()
    assert listed.count("</svg>有问题") == 6 and "第 51～59 名" in listed


def test_a_headmaster_reads_the_children_of_a_batch_and_is_offered_no_act(client, staff, no1):
    case = imported(workbook([pupil(1)]), no1).registration
    acts = f'action="{reverse("intake:batch", args=[case.number])}"'
    for role, offered in [(Role.REGISTRAR, True), (Role.HEADMASTER, False)]:
        client.force_login(staff(role, no1))
        listed = client.get(reverse("students:import_batch", args=[case.number])).content.decode()
        assert (acts in listed) == offered, role


def test_a_batch_of_another_school_does_not_exist(client, staff, no1, no2):
    case = imported(workbook([pupil(1)]), no1).registration
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(reverse("students:import_batch", args=[case.number])).status_code == 404


def test_a_cancelled_reading_can_be_given_up(client, registrar, no1):
    from jianping_xueji.jobs import cancel

    upload(client, workbook([pupil(1)]), no1)
    file = ImportFile.objects.get()
    cancel(Job.objects.get(pk=file.job_id))
    assert "任务已取消" in page(client, file) and "放弃这份名册" in page(client, file)
    assert client.post(reverse("students:import_discard", args=[file.pk])).status_code == 302
