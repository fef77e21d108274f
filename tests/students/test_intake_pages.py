"""The pages of 新生入学, as the registrar walks them on the first of September."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from students.models import Application, DuplicateSearch, Registration, Student
from tests.county import class_of, id_number, staff_member
from tests.house.sites import photo
from tests.students.intake import asked, child_of, entered, mapped, ready, registrar
from tests.students.test_intake_story import narrow

SEARCH = {
    "grade": "1",
    "name": "新苗甲",
    "sex": "1",
    "birth_date": "2020-03-05",
    "id_type": "1",
    "id_number": id_number(asked().birth_date, 401, "1"),
}
FORM = {
    "home_address": "建平县叶柏寿街道样例社区3号楼",
    "phone": "13800000000",
    "household_kind": "1",
    "household_division": "211322102",
    "ethnicity": "01",
    "nationality": "CHN",
    "migrant_child": "0",
    "member1_name": "苗父",
    "member1_relation": "51",
    "member1_phone": "13800000000",
    "member1_id_number": "211399198505050013",
}


@pytest.fixture
def clerk(client, no1):
    client.force_login(registrar(no1))
    return client


def looked_for(clerk, at, **changes):
    return clerk.post(reverse("intake:search"), SEARCH | {"school": at.pk} | changes)


def test_from_the_search_to_the_signed_form(clerk, no1):
    home = mapped(no1)
    answer = looked_for(clerk, no1)
    search = DuplicateSearch.objects.get()
    assert answer.url == reverse("intake:new", args=[search.pk])
    assert "新苗甲" in clerk.get(answer.url).content.decode()

    answer = clerk.post(answer.url, FORM)
    child = Student.objects.get()
    assert answer.url == reverse("intake:child", args=[child.slug]) and child.application.community == home
    assert (child.household_division, child.migrant_child, child.ethnicity) == ("211322102000", False, "01")
    assert child.family.get().id_tail == "0013"
    shown = clerk.get(answer.url).content.decode()
    assert "待签" in shown and "打印学生基本信息表" in shown and "未归档" in shown

    signed = {"signed_on": "2026-09-15", "signer": "苗母", "relation": "52"}
    clerk.post(reverse("intake:act", args=[child.slug, "sign"]), signed)
    clerk.post(reverse("intake:act", args=[child.slug, "original"]), {"paper": "basics", "files": upload()})
    child = Student.objects.get()
    assert (child.application.signer, child.application.scans.count()) == ("苗母", 1)
    scan = clerk.get(reverse("intake:scan", args=[child.application.scans.get().pk]))
    assert scan.status_code == 200 and scan["Content-Type"] == "image/jpeg"


def upload():
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("表.jpg", photo(), "image/jpeg")


def test_a_found_child_is_told_on_the_page_and_kept_in_the_log(clerk, no1, no2, child_at):
    living = child_at(no2, name="新苗甲", grade=1)
    given = {"birth_date": f"{living.birth_date}", "id_number": living.id_number.plain()}
    shown = looked_for(clerk, no1, **given).content.decode()
    assert "第二小学" in shown and "转学" in shown and "不能登记" in shown
    log = clerk.get(reverse("intake:searches")).content.decode()
    assert "新＊＊" in log and living.id_number.plain() not in log


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id_number": "211399202003050014"}, "请对照证件改正"),
        ({"birth_date": "2020-03-06"}, "第7～14位不一致"),
        ({"sex": "2"}, "第17位不一致"),
        ({"birth_date": "2030-01-01"}, "早于今日"),
        ({"name": "12"}, "姓名"),
        ({"school": "999"}, "选择"),
    ],
)
def test_bad_input_is_one_sentence_and_what_was_typed_stays(clerk, no1, changes, said):
    answer = looked_for(clerk, no1, **changes)
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text and "2020" in text
    assert not DuplicateSearch.objects.exists()


def test_a_child_too_young_is_told_its_first_year_and_the_form_is_kept(clerk, no1):
    young = {"birth_date": "2020-09-01", "id_number": id_number(asked().birth_date.replace(month=9, day=1), 401, "1")}
    url = looked_for(clerk, no1, **young).url
    answer = clerk.post(url, FORM)
    text = answer.content.decode()
    assert answer.status_code == 422 and "2027年秋季" in text and "第四条" in text and "苗父" in text
    assert not Student.objects.exists()


def test_the_batch_page_says_each_reason_and_seats_and_signs_many(clerk, no1):
    case = entered(no1)
    entered(no1, asked("新苗乙", asked().birth_date.replace(year=2019, month=5), sequence=402))
    page = clerk.get(case.get_absolute_url()).content.decode()
    assert "缓学批准文号" in page and "待签" in page and "未编班" in page and "10月8日" in page
    children = list(case.entries.values_list("student", flat=True))
    acts = reverse("intake:batch", args=[case.number])
    clerk.post(acts, {"act": "seat", "child": children, "class": class_of(no1, 1).pk})
    clerk.post(acts, {"act": "sign", "child": children[:1], "signed_on": "2026-09-15"})
    assert case.entries.filter(school_class=class_of(no1, 1)).count() == 2
    assert Application.objects.filter(signed_on=None).count() == 1
    clerk.post(acts, {"act": "seat", "everybody": "1", "class": class_of(no1, 1).pk})
    clerk.post(acts, {"act": "apart"})
    assert Registration.objects.count() == 2 and case.entries.count() == 1


@pytest.mark.parametrize(
    "body", [{"act": "seat"}, {"act": "sign", "signed_on": "x"}, {"act": "seat", "class": "9" * 30}]
)
def test_an_act_without_its_choice_says_what_is_missing(clerk, no1, body):
    case = entered(no1)
    answer = clerk.post(reverse("intake:batch", args=[case.number]), body, follow=True)
    assert answer.status_code == 200 and "请" in answer.content.decode()
    assert case.entries.get().school_class is None


def test_a_full_school_offers_the_report_and_the_bureau_chooses(clerk, client, no1, no2):
    narrow(no1, 0)
    case = entered(no1, place=mapped(no1))
    child = child_of(case)
    assert "报教育局统筹" in clerk.get(reverse("intake:child", args=[child.slug])).content.decode()
    clerk.post(reverse("intake:act", args=[child.slug, "report"]), {"opinion": "一年级学位已满"})
    overflow = child.case_subjects.get(blocking=True).case
    client.force_login(staff_member(Role.BUREAU_CLERK, no1.bureau))
    page = client.get(reverse("intake:overflow", args=[overflow.number])).content.decode()
    assert "第二小学" in page
    answer = client.post(reverse("intake:overflow", args=[overflow.number]), {"school": no2.pk})
    assert answer.url == overflow.get_absolute_url()
    assert "第二小学" in client.get(answer.url).content.decode()
    assert client.post(reverse("intake:overflow", args=[overflow.number]), {"school": "x"}).status_code == 422


def test_the_bureau_sees_every_schools_progress_with_a_chart(client, no1, no2):
    ready(entered(no1))
    entered(no2, asked("新苗乙", sequence=402))
    client.force_login(staff_member(Role.BUREAU_CLERK, no1.bureau))
    page = client.get(reverse("intake:progress")).content.decode()
    assert "第一小学" in page and "第二小学" in page and "intake-chart" in page and "10月8日" in page
    client.force_login(registrar(no1))
    assert "第二小学" not in client.get(reverse("intake:progress")).content.decode()


def test_after_the_month_everybody_who_waits_is_overdue(client, no1):
    from datetime import date

    from law import clock

    entered(no1)
    client.force_login(registrar(no1))
    for day, overdue in ((date(2026, 10, 8), False), (date(2026, 10, 9), True)):
        with clock.at(day):
            assert ("1名" in client.get(reverse("intake:progress")).content.decode()) == overdue


def test_a_temporary_number_is_shown_until_the_national_system_answers(clerk, no1):
    from tests.importing import walk_batch

    case = walk_batch(ready(entered(no1)))
    page = clerk.get(case.get_absolute_url()).content.decode()
    assert "（临时）" in page and f"L{'*' * 14}" in page


def test_a_placement_is_believed_only_by_its_number(clerk, no1, no2):
    """第四条: 教育局统筹 names the case, and the case names this school."""
    from tests.transfers.placing import PLACED
    from transfers.placements import start_placement

    url = looked_for(clerk, no1).url
    by = staff_member(Role.BUREAU_CLERK, no1.bureau)
    placed = {
        at: start_placement(at, by=by, **PLACED | {"grade": 1, "residence_division": at.division}) for at in (no1, no2)
    }
    type(placed[no1]).objects.update(state="issued")
    for note, fits in (("统2026009999", False), (placed[no2].number, False), (placed[no1].number, True)):
        answer = clerk.post(url, FORM | {"ground": "placed", "ground_note": note})
        assert (answer.status_code == 302) == fits
        assert fits or "没有这一编号" in answer.content.decode()
