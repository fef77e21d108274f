"""The pages of 对账: upload to report, the job, the workbook, and the correction that starts already filled."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from accounts.roles import Role
from jianping_xueji.jobs.engine import execute
from students.models import AgreementFile, Difference, Look, Student
from tests.students.agreements import agreed, lines_of, workbook_of


@pytest.fixture
def lines(child_at, no1, no2):
    for school, name in ((no1, "样例甲"), (no1, "样例乙"), (no2, "样例丙")):
        child_at(school, name=name)
    Student.objects.update(ethnicity="01", phone="13800000000", home_address="建平镇一组")
    found = lines_of(no1, no2)
    found[0] |= {"ethnicity": "蒙古族"}
    found[2] |= {"phone": "13900000000"}
    return found


def test_from_upload_to_report(client, lines, bureau, staff):
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    book = SimpleUploadedFile("导出.xlsx", workbook_of(lines))
    answer = client.post("/agreement/files/", {"as_of": "2026-09-15", "workbook": book})
    file = AgreementFile.objects.get()
    assert answer.url == file.get_absolute_url() and "比对中" in client.get(answer.url).content.decode()
    done(file)
    page = client.get(answer.url).content.decode()
    assert "名册 <b>3</b> 行，与本县在籍学生对上 <b>3</b> 名" in page
    report = client.get("/agreement/").content.decode()
    assert "第一小学" in report and "民族" in report and "联系电话" in report


def done(file: AgreementFile) -> None:
    execute(file.job_id)


def test_a_file_that_is_no_workbook_says_why_and_closes_nothing(client, lines, bureau, staff):
    agreed(lines, bureau=bureau)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    client.post("/agreement/files/", {"as_of": "2026-09-15", "workbook": SimpleUploadedFile("x.xlsx", b"<html>")})
    file = AgreementFile.objects.first()
    done(file)
    page = client.get(file.get_absolute_url()).content.decode()
    assert "这其实是网页" in page and Difference.objects.standing().count() == 2


def test_a_school_sees_its_own_differences_and_files_only(client, lines, bureau, no1, no2, staff):
    file = agreed(lines, bureau=bureau)
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get("/agreement/differences/").content.decode()
    assert "样例甲" in page and "样例丙" not in page
    assert client.get(file.get_absolute_url()).status_code == 404
    other = Difference.objects.get(name="样例丙")
    assert client.get(other.get_absolute_url()).status_code == 404


def test_the_list_is_searched_filtered_and_sorted(client, lines, bureau, no1, staff):
    agreed(lines, bureau=bureau)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    child = Student.objects.get(name="样例甲")
    for query, names in (
        ("q=样例丙", {"样例丙"}), (f"q={child.id_number.plain()}", {"样例甲"}), ("field=phone", {"样例丙"}),
        (f"school={no1.pk}", {"样例甲"}), ("side=ours", {"样例丙"}), ("state=closed", set()),
        ("reason=book", {"样例甲"}), ("sort=-name", {"样例甲", "样例丙"}), ("what=only_here", set()),
    ):  # fmt: skip
        page = client.get(f"/agreement/differences/?{query}").content.decode()
        assert {name for name in ("样例甲", "样例丙") if f">{name}</a>" in page} == names, query


def test_the_workbook_holds_what_the_list_shows_and_is_logged(client, lines, bureau, staff):
    agreed(lines, bureau=bureau)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    answer = client.post("/agreement/differences/workbook/", {"field": "ethnicity"})
    rows = [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]
    assert rows[1][1] == "样例甲" and rows[1][4:7] == ["民族", "汉族", "蒙古族"] and len(rows) == 2
    assert Student.objects.get(name="样例甲").id_number.plain() not in str(rows)
    assert Look.objects.get(kind="file").reason == "导出对账差异1项"


def test_confirmed_against_us_it_leads_to_a_correction_already_filled(client, lines, bureau, no1, staff):
    agreed(lines, bureau=bureau)
    client.force_login(staff(Role.REGISTRAR, no1))
    found = Difference.objects.get(name="样例甲")
    page = client.post(
        found.get_absolute_url(), {"side": "ceims", "note": "户口簿为蒙古族"}, follow=True
    ).content.decode()
    address = f"/students/{found.student.slug}/changes/correction/?difference={found.pk}"
    assert "已确认待改" in page and address in page
    form = client.get(address).context["form"]
    assert form["ethnicity"].value() == "02" and form["name"].value() == "样例甲"
    assert "对账" in form["reason_note"].value()
    assert next(iter(form.fields)) == "ethnicity", "what the difference is about comes first"
    assert "本县为“汉族”，已按全国系统填作“蒙古族”" in form["ethnicity"].help_text
    assert Student.objects.get(name="样例甲").ethnicity == "01"
    Difference.objects.filter(pk=found.pk).update(field="native_place", ours="", theirs="<b>样例</b>")
    page = client.get(address).content.decode()
    assert "“空”" in page and "&lt;b&gt;样例" in page and "<b>样例" not in page
    # A difference of another child fills nothing in.
    other = Difference.objects.get(name="样例丙")
    assert client.get(f"{address.partition('?')[0]}?difference={other.pk}").context["form"]["ethnicity"].value() == "01"
    for nonsense in ("x", "²", "9" * 40, ""):
        assert client.get(f"{address.partition('?')[0]}?difference={nonsense}").status_code == 200


def test_telephones_are_masked_on_lists(client, lines, bureau, staff):
    agreed(lines, bureau=bureau)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    page = client.get("/agreement/differences/?field=phone").content.decode()
    assert "138****0000" in page and "13800000000" not in page
    answer = client.post("/agreement/differences/workbook/", {"field": "phone"})
    rows = [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]
    assert rows[1][5:7] == ["138****0000", "139****0000"]
    assert "13800000000" in client.get(Difference.objects.get(field="phone").get_absolute_url()).content.decode()


def test_nothing_is_kept_of_a_confirmation_without_ground(client, lines, bureau, no1, staff):
    agreed(lines, bureau=bureau)
    client.force_login(staff(Role.REGISTRAR, no1))
    found = Difference.objects.get(name="样例甲")
    assert client.post(found.get_absolute_url(), {"side": "ceims", "note": ""}).status_code == 422
    found.refresh_from_db()
    assert found.state == "open" and found.found_on == date(2026, 9, 15)
