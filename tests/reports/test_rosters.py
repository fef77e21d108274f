"""花名册, 发放清单, 修业证明, 在籍证明, 休学证明 on paper (第十、三十二条): short, longest, blank."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from law import clock
from reports.certificate_forms import collection_of, completion_of, enrolment_of
from reports.errors import NotPrintable
from reports.forms import FORMS
from reports.models import Print
from reports.rosters import graduates_of, newcomers_of
from reports.sheets import print_sheet
from schools.models import School
from students.exporting.graduates import graduates_file
from students.models import Certificate, FamilyMember, Look, Student
from students.year.papers import open_assessment
from suspensions.models import Suspension
from tests.changes import decided, drafted
from tests.county import class_of, make_school, staff_member
from tests.reports.conftest import address_of, keep, pages_of
from tests.reports.texts import text_of
from tests.students.test_ceims_export import rows_of
from tests.students.test_graduation import JULY, graduated

LONG = "阿卜杜热合曼·买买提依明江·库尔班尼亚孜𠅤𬭼"
ADDRESS = "辽宁省朝阳市建平县叶柏寿街道和平社区人民路一百二十八号甲幢三单元五百零六室（原县农业机械厂家属院东侧）"


def on_paper(form, sheet, by):
    return print_sheet(FORMS[form], sheet, by=by, address_of=address_of)


def words_of(pdf) -> str:
    return "".join(text_of(pdf).split())


@pytest.fixture
def registrar(no1):
    return staff_member(Role.REGISTRAR, no1)


def test_the_newcomers_of_a_class_go_on_from_page_to_page(no1, child_at, registrar):
    for n in range(20):
        child_at(no1, grade=1, name=f"样例{n}", sex="1" if n % 2 else "2")
    long = child_at(no1, grade=1, name=LONG, home_address=ADDRESS, entry_mode="11", lodging="1")
    FamilyMember.objects.create(
        student=long, position_in_form=1, name=LONG, relation="51", phone="13800000000", is_guardian=True
    )
    result = on_paper("newcomers_roster", newcomers_of(class_of(no1, 1)), registrar)
    keep("newcomers_roster-filled", result.pdf)
    said = words_of(result.pdf)
    assert pages_of(result.pdf) == 2 and said.count("（续表）") == 1 and said.count("身份证件号") == 2
    for words in ("建平县第一小学", "一年级1班", "男11女10合计21", ADDRESS, LONG, long.id_number.plain()):
        assert words in said, words
    assert Look.objects.filter(reason__contains=result.record.number).count() == 42, (
        "two numbers of twenty-one children"
    )
    assert result.record.subject == "建平县第一小学一年级1班" and result.record.child is None


def test_only_a_class_of_this_years_entry_has_newcomers(no1, child_at):
    child_at(no1, grade=3)
    with pytest.raises(NotPrintable, match="不是本学年的新生班"):
        newcomers_of(class_of(no1, 3))
    with pytest.raises(NotPrintable, match="没有学生"):
        newcomers_of(class_of(no1, 1))


def test_leavers_of_primary_school_once_they_have_left(no1, child_at, registrar):
    child, six = child_at(no1, grade=6, name="样例毕", entered_month="202109"), class_of(no1, 6)
    with pytest.raises(NotPrintable, match="还没有办结毕业"):
        graduates_of(six)
    graduated(no1)
    result = on_paper("graduates_roster", graduates_of(six), registrar)
    keep("graduates_roster-primary", result.pdf)
    said = words_of(result.pdf)
    for words in ("2027届六年级1班", "样例毕", "小学毕业", "2021年9月", child.id_number.plain()):
        assert words in said, words


@pytest.fixture
def junior(bureau):
    return make_school(bureau, 71, "第七十一初级中学", School.Kind.JUNIOR)


@pytest.fixture
def nines(junior, child_at, bureau):
    """One passed, one not; graduated in July and the certificate numbered, sealed and issued."""
    children = [child_at(junior, grade=9, name=name, entered_month="202409") for name in ("样例合", LONG)]
    with clock.at(JULY):
        lines = [[child.pk, child.name != LONG, "", n] for n, child in enumerate(children, 2)]
        given = {"year": 2026, "file_name": "结果.xlsx", "lines": lines}
        decided(open_assessment(given, by=staff_member(Role.BUREAU_CLERK, bureau)))
    graduated(junior, 9)
    sealed = {"number": "辽朝义20270000000001号", "sealed_on": JULY, "issued_on": JULY}
    Certificate.objects.filter(kind="graduation").update(**sealed)
    return children


def test_graduates_of_grade_nine_their_list_and_their_papers(junior, nines, client):
    by = staff_member(Role.REGISTRAR, junior)
    with clock.at(JULY):
        roster = on_paper("graduates_roster", graduates_of(class_of(junior, 9)), by)
        collected = on_paper("collection_list", collection_of(junior, 2026), by)
        paper = Certificate.objects.get(kind="completion")
        proof = on_paper("completion_certificate", completion_of(paper), by)
    for name, printed in [("graduates_roster-junior", roster), ("collection_list", collected), ("completion", proof)]:
        keep(f"{name}-filled", printed.pdf)
        assert pages_of(printed.pdf) == 1
    assert all(words in words_of(roster.pdf) for words in ("样例合", LONG, "修业期满", "辽朝义20270000000001号"))
    listed = words_of(collected.pdf)
    assert "领取人签字" in listed and "2027-07-05" in listed and nines[0].id_number.plain() not in listed
    assert "未达到毕业要求" in words_of(proof.pdf) and paper.number in words_of(proof.pdf)
    shown = client.get(reverse("reports:verify", args=[proof.record.token])).content.decode()
    assert paper.number in shown and LONG not in shown, "the name is masked for whoever holds the paper"
    with pytest.raises(NotPrintable, match="市教育局统一印制"):
        completion_of(Certificate.objects.get(kind="graduation"))


def test_the_list_for_the_city_names_who_passed_in_full_and_is_logged(junior, nines, bureau):
    clerk = staff_member(Role.BUREAU_CLERK, bureau)
    _, rows = rows_of(graduates_file(2026, by=clerk))
    assert [row[3] for row in rows[1:]] == ["样例合"]
    assert rows[1][7] == nines[0].id_number.plain() and rows[1][11] == "辽朝义20270000000001号"
    assert "报市印制名单（1名）" in Look.objects.get(kind="file").reason


def test_a_child_on_the_roll_has_its_proof_and_one_that_is_gone_has_none(no1, child_at, registrar):
    child = child_at(no1, grade=3, name=LONG, entered_month="202409")
    result = on_paper("enrolment_proof", enrolment_of(child), registrar)
    keep("enrolment_proof-filled", result.pdf)
    said = words_of(result.pdf)
    assert LONG in said and "三年级1班" in said and "在读" in said and child.id_number.plain() in said
    Student.objects.filter(pk=child.pk).update(status="moved_away")
    with pytest.raises(NotPrintable, match="不在籍"):
        enrolment_of(Student.objects.get(pk=child.pk))


def test_a_suspension_has_its_proof_once_decided(no1, child_at, printed, registrar):
    case = drafted(Suspension, child_at(no1, grade=3, name=LONG), ground_note="骨折", until=date(2027, 6, 30))
    with pytest.raises(NotPrintable, match="尚未准予"):
        printed("suspension_proof", case, by=registrar)
    result = printed("suspension_proof", decided(case), by=registrar)
    keep("suspension_proof-filled", result.pdf)
    assert "2027年6月30日期满" in words_of(result.pdf) and pages_of(result.pdf) == 1


@pytest.mark.parametrize(
    "form",
    [
        "newcomers_roster",
        "graduates_roster",
        "collection_list",
        "completion_certificate",
        "enrolment_proof",
        "suspension_proof",
    ],
)
def test_blank_ones_are_one_page(printed, registrar, form):
    result = printed(form, by=registrar)
    keep(f"{form}-blank", result.pdf)
    assert pages_of(result.pdf) == 1 and result.record.blank


def test_the_page_offers_what_can_be_printed_and_strangers_get_nothing(client, no1, no3, child_at, registrar):
    child_at(no1, grade=1)
    client.force_login(registrar)
    page = client.get(reverse("reports:rosters"))
    assert [row["name"] for row in page.context["entering"]] == ["一年级1班"]
    url = reverse("reports:class_sheet", args=[class_of(no1, 1).pk, "newcomers_roster"])
    assert client.post(url)["Content-Type"] == "application/pdf"
    refused = client.post(reverse("reports:class_sheet", args=[class_of(no1, 6).pk, "graduates_roster"]))
    assert refused.status_code == 422 and "还没有办结毕业" in refused.content.decode()
    client.force_login(staff_member(Role.REGISTRAR, no3))
    assert client.post(url).status_code == 404
    assert Print.objects.count() == 1
