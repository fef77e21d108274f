"""第三十二条：考核结果、证书编号、验印和签收，从名单到毕业生手里."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand
from approvals.services import perform
from law import clock
from schools.models import School
from students.models import Assessment, Certificate
from students.year.papers import hand_out, seal_batch
from tests.changes import again
from tests.county import another_county, make_school, staff_member
from tests.students.year_lists import JULY, assessed, graduated, numbers_sheet, results_sheet, workbook_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def junior(bureau):
    return make_school(bureau, 41, "第一中学", School.Kind.JUNIOR)


@pytest.fixture
def finals(junior, child_at):
    return [child_at(junior, grade=9, name=f"样例{word}") for word in "甲乙丙"]


@pytest.fixture
def july():
    with clock.at(JULY):
        yield


@pytest.fixture
def enter(client, staff):
    def sign_in(role, place):
        user = staff(role, place)
        client.force_login(user)
        return user

    return sign_in


def sent(client, name, data, title="名单.xlsx"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post(reverse(name), {"workbook": SimpleUploadedFile(title, data, XLSX)})


# ── results ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_results_come_by_workbook_through_two_hands(july, client, enter, bureau, finals):
    clerk = enter(Role.BUREAU_CLERK, bureau)
    page = sent(client, "students:assessment", results_sheet((finals[0], "合格"), (finals[1], "不合格")))
    assert page.status_code == 200 and len(page.context["rows"]) == 2 and not Assessment.objects.exists()
    client.post(reverse("students:assessment_open"), {"token": page.context["token"]})
    case = Assessment.objects.get()
    assert {(r.child, r.passed, r.score) for r in case.results.all()} == {
        (finals[0], True, "512"),
        (finals[1], False, "512"),
    }
    case = perform(case, "submit", by=clerk)
    case = perform(case, "approve", by=staff_member(Role.BUREAU_CHECKER, bureau))
    assert case.state == "done" and case.steps.last().particulars == {"count": "2"}
    text = client.get(case.get_absolute_url()).content.decode()
    assert "样例甲" in text and "不合格" in text


def test_every_fault_of_the_results_is_told_by_row_column_and_remedy(
    july, client, enter, bureau, no1, finals, child_at
):
    enter(Role.BUREAU_CLERK, bureau)
    six = child_at(no1, grade=6, name="样例六")
    data = workbook_of(
        ("姓名", "身份证件号", "考核结果"),
        ("样例甲", finals[0].id_number.plain(), "优秀"),
        ("样例错", finals[1].id_number.plain(), "合格"),
        ("样例六", six.id_number.plain(), "合格"),
        ("样例无", "211399201001010014", "合格"),
        ("样例丙", finals[2].id_number.plain(), "合格"),
        ("样例丙", finals[2].id_number.plain(), "合格"),
    )
    page = sent(client, "students:assessment", data)
    said = page.context["sentences"]
    assert [each.count("请") >= 1 for each in said] == [True] * len(said)
    for row, words in [
        (2, "合格"),
        (3, "样例乙"),
        (4, "不在九年级"),
        (5, "没有查到"),
        (6, "同一名学生"),
        (7, "同一名学生"),
    ]:
        assert any(f"第{row}行" in each.replace(" ", "") and words in each for each in said), (row, said)
    assert page.context["token"] == ""


def test_a_workbook_without_the_columns_is_refused_in_words(july, client, enter, bureau, no1):
    enter(Role.BUREAU_CLERK, bureau)
    page = sent(client, "students:assessment", workbook_of(("姓名", "成绩"), ("甲", "1")))
    assert page.status_code == 422 and "考核结果" in page.content.decode()


def test_a_seal_belongs_to_one_person(july, client, enter, bureau, finals):
    enter(Role.BUREAU_CLERK, bureau)
    token = sent(client, "students:assessment", results_sheet((finals[0], "合格"))).context["token"]
    client.force_login(staff_member(Role.BUREAU_CLERK, bureau, name="另一人"))
    page = client.post(reverse("students:assessment_open"), {"token": token})
    assert page.status_code == 422 and not Assessment.objects.exists()


# ── numbers, seal, collection ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def left(bureau, junior, finals):
    """Two with 毕业证书, one with 修业证明."""
    assessed(bureau, finals[:2], finals[2:])
    graduated(junior, 9)
    return [again(child) for child in finals]


def test_the_citys_numbers_seal_and_collection(july, client, enter, bureau, junior, left):
    enter(Role.BUREAU_CLERK, bureau)
    page = sent(client, "students:certificate_numbers", numbers_sheet((left[0], "CY20270001"), (left[1], "CY20270002")))
    client.post(reverse("students:certificate_numbers_give"), {"token": page.context["token"]})
    paper = Certificate.objects.get(student=left[0])
    assert paper.number == "CY20270001"

    registrar = enter(Role.REGISTRAR, junior)
    given = {"collected_by": "样例甲", "collected_on": JULY}
    address = reverse("students:certificate", args=[paper.pk])
    early = client.post(address, given)
    assert early.status_code == 422 and "验印和发证日期" in early.content.decode()

    enter(Role.BUREAU_CLERK, bureau)
    client.post(reverse("students:certificate_seal"), {"sealed_on": "2027-07-03", "issued_on": "2027-07-04"})
    assert {p.sealed_on for p in Certificate.objects.filter(kind="graduation")} == {date(2027, 7, 3)}
    assert Certificate.objects.get(kind="completion").sealed_on is None

    client.force_login(registrar)
    assert client.post(address, given).status_code == 302
    paper.refresh_from_db()
    assert (paper.collected_by, paper.collected_on) == ("样例甲", JULY)
    twice = client.post(address, given)
    assert twice.status_code == 422 and "领取" in twice.content.decode()
    page = client.get(reverse("students:certificates"))
    assert page.context["counts"] == {
        "all": 3, "graduation": 2, "completion": 1, "without_number": 0, "sealed": 2, "collected": 1
    }  # fmt: skip
    for state, count in [("unnumbered", 0), ("unsealed", 0), ("waiting", 2), ("collected", 1), ("", 3)]:
        assert client.get(reverse("students:certificates"), {"state": state}).context["counts"]["all"] == count
    assert client.get(reverse("students:certificates"), {"kind": "completion"}).context["counts"]["all"] == 1
    assert client.get(reverse("students:certificates"), {"q": "样例甲"}).context["counts"]["all"] == 1


@pytest.mark.parametrize(("day", "lawful"), [("2027-07-03", False), ("2027-07-04", True), ("2027-07-05", True)])
def test_nobody_collects_before_the_day_of_issue(july, client, enter, junior, left, day, lawful):
    paper = Certificate.objects.get(kind="completion")
    Certificate.objects.filter(pk=paper.pk).update(issued_on=date(2027, 7, 4))
    enter(Role.REGISTRAR, junior)
    page = client.post(reverse("students:certificate", args=[paper.pk]), {"collected_by": "甲", "collected_on": day})
    assert page.status_code == (302 if lawful else 422)


def test_faults_in_the_numbers_are_told(july, client, enter, bureau, left, no1, child_at):
    enter(Role.BUREAU_CLERK, bureau)
    Certificate.objects.filter(student=left[1]).update(number="CY9")
    stranger = child_at(no1, grade=3, name="样例丁")
    data = numbers_sheet((left[0], "CY9"), (left[2], "CY8"), (stranger, "CY7"))
    said = " ".join(sent(client, "students:certificate_numbers", data).context["sentences"])
    assert "另一名学生" in said and said.count("没有毕业证书") == 2


def test_numbers_may_change_hands_within_one_list(july, client, enter, bureau, left):
    enter(Role.BUREAU_CLERK, bureau)
    for numbers in [("A1", "A2"), ("A3", "A4")]:
        page = sent(client, "students:certificate_numbers", numbers_sheet(*zip(left[:2], numbers, strict=True)))
        client.post(reverse("students:certificate_numbers_give"), {"token": page.context["token"]})
        found = dict(Certificate.objects.filter(kind="graduation").values_list("student", "number"))
        assert found == {left[0].pk: numbers[0], left[1].pk: numbers[1]}


def test_the_table_keeps_one_number_and_a_whole_signature(left):
    papers = list(Certificate.objects.filter(kind="graduation"))
    with pytest.raises(IntegrityError, match="certificate_number_once"), transaction.atomic():
        Certificate.objects.filter(pk__in=[p.pk for p in papers]).update(number="CY1")
    with pytest.raises(IntegrityError, match="certificate_collection_is_whole"), transaction.atomic():
        Certificate.objects.filter(pk=papers[0].pk).update(collected_by="甲")


def test_strangers_and_colleagues(july, client, enter, bureau, no1, junior, left):
    paper = Certificate.objects.first()
    address = reverse("students:certificate", args=[paper.pk])
    enter(Role.REGISTRAR, no1)
    assert client.get(address).status_code == 404
    assert client.get(reverse("students:certificates")).context["counts"]["all"] == 0
    for role, place in [(Role.HEADMASTER, junior), (Role.BUREAU_CLERK, bureau)]:
        enter(role, place)
        assert client.get(address).status_code == 200
        assert client.post(address, {"collected_by": "甲", "collected_on": JULY}).status_code == 403
    for role, place in [(Role.REGISTRAR, junior), (Role.BUREAU_CHECKER, bureau)]:
        enter(role, place)
        for name in ("assessment", "certificate_numbers"):
            assert client.get(reverse(f"students:{name}")).status_code == 403
        assert client.post(reverse("students:certificate_seal")).status_code == 403


def test_only_the_school_hands_a_paper_out_and_only_the_bureau_seals_it(july, bureau, junior, left):
    paper = Certificate.objects.filter(kind="graduation").first()
    for role, place in [(Role.HEADMASTER, junior), (Role.BUREAU_CLERK, bureau)]:
        with pytest.raises(NotYourHand):
            hand_out(paper, by=staff_member(role, place), collected_by="甲", collected_on=JULY)
    for role, place in [(Role.REGISTRAR, junior), (Role.BUREAU_CHECKER, bureau), (Role.BUREAU_CLERK, another_county())]:
        with pytest.raises(NotYourHand):
            seal_batch(bureau, 2025, by=staff_member(role, place), sealed_on=JULY, issued_on=JULY)
