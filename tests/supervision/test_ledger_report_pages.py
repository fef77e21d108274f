"""Pages of 控辍保学报告: who owes a month, the button, the sheet as it was signed."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from law import clock
from supervision.ledger_reports import report_month
from supervision.models import LedgerReport
from suspensions.models import Dropout
from tests.changes import drafted
from tests.county import make_school
from tests.house.questions import MOST, questions
from tests.suspensions.dropout_specimens import GIVEN, visited

pytestmark = pytest.mark.django_db
END = date(2026, 9, 30)


@pytest.fixture
def october(no1, child_at):
    """A school with a child that is being followed up; the eighth of October, two days before the report is due."""
    drafted(Dropout, visited(child_at(no1, grade=3)), **GIVEN)
    with clock.at(date(2026, 10, 8)):
        yield


def sheet_of(school, month="2026-09"):
    return reverse("supervision:ledger_month", args=[school.code, month])


def test_the_list_tells_who_owes_the_month_and_who_has_reported(client, october, no1, no2, bureau, staff):
    report_month(no1, END, by=staff(Role.REGISTRAR, no1))
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    page = client.get(reverse("supervision:ledger_reports"))
    figures = page.context["figures"]
    assert [figure["value"] for figure in figures] == [2, 1, 0, 1]
    assert [client.get(figure["url"]).context["count"] for figure in figures] == [2, 1, 0, 1]
    assert f"{page.context['due'].day}" == "2026-10-10"
    owed = client.get(reverse("supervision:ledger_reports"), {"state": "owed"})
    assert [row["school"] for row in owed.context["rows"]] == [no2]
    found = client.get(reverse("supervision:ledger_reports"), {"q": no1.name})
    assert [(row["school"], row["report"].figures["opened"]) for row in found.context["rows"]] == [(no1, 1)]


def test_the_registrar_reports_with_one_button_and_the_sheet_stays(client, october, no1, staff):
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(sheet_of(no1))
    assert dict(page.context["figures"])["本期新增疑似辍学"] == 1 and "报送2026年9月月报" in page.content.decode()
    assert client.post(sheet_of(no1), {"note": "已逐户家访"}).status_code == 302
    made = LedgerReport.objects.get()
    assert (made.school, made.period_end, made.note) == (no1, END, "已逐户家访")
    signed = client.get(sheet_of(no1))
    assert signed.context["report"] == made and signed.context["history"] == [made]
    assert "报送2026年9月月报" not in signed.content.decode() and "已逐户家访" in signed.content.decode()
    again = client.post(sheet_of(no1), {"note": ""})
    assert again.status_code == 422 and "不能重复" in again.content.decode()


def test_a_month_that_is_not_over_is_refused_in_words(client, october, no1, staff):
    client.force_login(staff(Role.REGISTRAR, no1))
    answer = client.post(sheet_of(no1, "2026-10"), {})
    assert answer.status_code == 422 and "已经结束" in answer.content.decode()
    assert "报送2026年10月月报" not in client.get(sheet_of(no1, "2026-10")).content.decode()
    assert client.get(sheet_of(no1, "2026-13")).status_code == 404


def test_colleagues_see_and_do_not_report_strangers_see_nothing(client, october, no1, no2, staff):
    client.force_login(staff(Role.HEADMASTER, no1))
    assert "报送2026年9月月报" not in client.get(sheet_of(no1)).content.decode()
    assert client.post(sheet_of(no1), {}).status_code == 403
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(sheet_of(no1)).status_code == client.post(sheet_of(no1), {}).status_code == 404
    assert not LedgerReport.objects.exists()


def test_the_bureau_reviews_a_quarter_and_sees_which_months_are_missing(client, october, no1, no2, bureau, staff):
    report_month(no1, END, by=staff(Role.REGISTRAR, no1))
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    listed = client.get(reverse("supervision:ledger_reviews"))
    assert [(row["end"], row["report"]) for row in listed.context["rows"]] == [(END, None)]
    address = reverse("supervision:ledger_quarter", args=[bureau.pk, "2026-09"])
    sheet = client.get(address)
    assert [(line["end"], line["schools"]) for line in sheet.context["missing"]] == [(END, [no2])]
    assert client.post(address, {"note": ""}).status_code == 302
    (row,) = client.get(reverse("supervision:ledger_reviews")).context["rows"]
    assert row["report"].figures["opened"] == 1
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(reverse("supervision:ledger_reviews")).status_code == 403
    assert client.get(address).status_code == 404


def test_the_months_of_a_quarter_are_its_three(client, october, no1, bureau, staff):
    """December does not belong to the quarter that ends in March, nor March to the next one."""
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    with clock.at(date(2027, 7, 8)):
        for end, months in (("2027-03", [1, 3]), ("2027-06", [4, 5, 6])):
            sheet = client.get(reverse("supervision:ledger_quarter", args=[bureau.pk, end]))
            assert [line["end"].month for line in sheet.context["missing"]] == months, end


def test_pages_ask_as_many_questions_for_twenty_schools_as_for_two(client, october, no1, bureau, staff):
    report_month(no1, END, by=staff(Role.REGISTRAR, no1))
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    addresses = [
        reverse("supervision:ledger_reports"),
        reverse("supervision:ledger_reviews"),
        sheet_of(no1),
        reverse("supervision:ledger_quarter", args=[bureau.pk, "2026-09"]),
    ]
    few = [len(questions(client, address)) for address in addresses]
    for n in range(20):
        school = make_school(bureau, 400 + n, f"月报{n}小学")
        report_month(school, END, by=staff(Role.REGISTRAR, school))
    many = [len(questions(client, address)) for address in addresses]
    assert few == many and max(many[:2]) <= MOST, (few, many)
