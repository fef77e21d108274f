"""第三十二条：毕业证书遗失——原学校申请，教育局核准，编号出具学习经历证明，一证一次."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import Refused, RulesBroken
from students.models import CertificateProof, Look
from students.schooling_proofs.services import school_that_issued
from tests.changes import decided, drafted, undone
from tests.county import LEGAL_DAY, staff_member
from tests.students.specimens_schooling_proof import LOST, OLD, from_roll_book, graduate


@pytest.fixture
def former(no1, child_at):
    return graduate(child_at(no1, grade=6, name="样例毕", sex="2"))


@pytest.fixture
def enter(client, staff):
    def sign_in(role, place):
        client.force_login(staff(role, place))
        return client

    return sign_in


def test_school_and_bureau_sign_and_the_paper_is_numbered(former):
    case = drafted(CertificateProof, former, **LOST)
    assert (case.name, case.birth_date, case.proof_number) == ("样例毕", former.birth_date, "")
    case = decided(case)
    assert (case.state, case.stands, case.issued_on) == ("done", True, LEGAL_DAY)
    assert case.proof_number == "证2026000001"
    assert case.filings.count() == 0, "nothing is changed in the national system"


def test_of_a_graduate_before_the_register_the_roll_book_speaks(no1):
    case = decided(from_roll_book(no1))
    assert (case.child, case.stands, case.roll_book) == (None, True, "2008届毕业生花名册第3页第12行")
    assert decided(from_roll_book(no1, name="样例又", certificate_number="")).proof_number == "证2026000002"


def test_only_a_graduate_has_lost_a_certificate(no1, child_at):
    with pytest.raises(RulesBroken) as refused:
        drafted(CertificateProof, child_at(no1, grade=6), **LOST)
    assert "没有毕业证书" in str(refused.value) and "第三十二条" in str(refused.value)


@pytest.mark.parametrize(
    ("entered", "left", "lawful"),
    [("202309", "202608", True), ("202309", "202609", True), ("202309", "202610", False), ("202607", "202607", False)],
)
def test_months_come_in_their_order_and_not_after_today(no1, entered, left, lawful):
    given = {"entered_month": entered, "left_month": left}
    if lawful:
        assert from_roll_book(no1, **given).left_month == left
    else:
        with pytest.raises(RulesBroken, match="先后不符"):
            from_roll_book(no1, **given)


def test_once_for_one_certificate_until_it_is_undone(no1, no2):
    first = decided(from_roll_book(no1))
    for again in ({}, {"certificate_number": ""}, {"name": "样例他"}):
        with pytest.raises(RulesBroken, match=first.number):
            from_roll_book(no2, **again)
    other = from_roll_book(no1, name="样例他", certificate_number="辽朝义08009999")
    assert decided(other).stands, "another person's certificate"
    first = undone(first)
    assert (first.stands, first.proof_number) == (False, "证2026000001"), "the number is spent"
    assert decided(from_roll_book(no1)).proof_number == "证2026000003"


def test_two_drafts_of_one_certificate_and_the_second_is_refused_at_the_end(no1):
    one, two = from_roll_book(no1), from_roll_book(no1)
    decided(one)
    with pytest.raises(RulesBroken, match=one.number):
        decided(two)


def test_the_same_moment_is_caught_by_the_database(no1):
    one, two = from_roll_book(no1), from_roll_book(no1)
    decided(one)
    with pytest.raises(Refused, match="刚刚出具过"):
        two.take_effect()
    two.refresh_from_db()
    assert not two.stands


def test_the_school_that_issued_is_found_by_name_and_number_and_the_look_is_kept(former, no2, no1):
    registrar = staff_member(Role.REGISTRAR, no2)
    number = former.id_number.plain()
    assert school_that_issued("样例毕", number, by=registrar, school=no2) == no1
    with pytest.raises(Refused, match="毕业生花名册"):
        school_that_issued("样例误", number, by=registrar, school=no2)
    looks = Look.objects.filter(user=registrar, kind="elsewhere").order_by("pk")
    assert [look.student for look in looks] == [former, None]


def test_the_page_finds_former_pupils_and_starts_from_them(enter, former, no1, no3):
    client = enter(Role.REGISTRAR, no1)
    page = client.get(f"{reverse('students:schooling_proofs')}?q=样例毕")
    assert [row["child"] for row in page.context["former"]] == [former]
    draft = client.get(reverse("students:change_new", args=[former.slug, "certificate_proof"]))
    assert draft.status_code == 200
    answer = client.post(reverse("students:change_new", args=[former.slug, "certificate_proof"]), LOST)
    assert answer.status_code == 302
    assert client.get(answer.url.split("#")[0]).status_code == 200
    client = enter(Role.REGISTRAR, no3)
    assert client.get(f"{reverse('students:schooling_proofs')}?q=样例毕").context["former"] == []


def test_a_line_of_the_roll_book_is_typed_kept_and_corrected(enter, no1):
    client = enter(Role.REGISTRAR, no1)
    url, typed = reverse("students:schooling_proof_new"), OLD | {"birth_date": "1993-05-06"}
    wrong = client.post(url, typed | {"left_month": "2008", "roll_book": "", "id_tail": "12"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"left_month", "roll_book", "id_tail"}
    assert "样例老" in wrong.content.decode(), "what was typed stays"
    refused = client.post(url, typed | {"left_month": "203007"})
    assert refused.status_code == 422 and "先后不符" in refused.content.decode()
    assert client.post(url, typed).status_code == 302
    case = CertificateProof.objects.get()
    page = client.get(case.get_absolute_url()).content.decode()
    assert "2008届毕业生花名册第3页第12行" in page and "本人书面申请" in page
    draft = reverse("students:schooling_proof_draft", args=[case.number])
    assert client.post(draft, typed | {"name": "样例改"}).status_code == 302
    case.refresh_from_db()
    assert (case.name, case.birth_date) == ("样例改", date(1993, 5, 6))


@pytest.mark.parametrize(("role", "answer"), [(Role.HEADMASTER, 403), (Role.BUREAU_CLERK, 403)])
def test_only_the_registrar_types_a_roll_book(enter, no1, bureau, role, answer):
    client = enter(role, bureau if role == Role.BUREAU_CLERK else no1)
    assert client.get(reverse("students:schooling_proof_new")).status_code == answer
