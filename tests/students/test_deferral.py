"""缓学（义务教育法第十一条）: asked by the guardian, decided by the bureau, for one year, renewed year by year."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.models import Case
from approvals.services import perform
from jianping_xueji import vault
from law import clock
from reports.forms import FORMS
from reports.services import print_form
from students.models import Deferral
from students.roster.deferrals import approval_of, keep_deferral, start_deferral
from students.roster.matching import Result
from tests.changes import decided, undone
from tests.county import hand_for, id_number, papers_in_order, staff_member
from tests.students.intake import asked, child_of, entered
from tests.students.rosters import BORN, DEFERRED, YEAR, catchment, deferral_of, listed, now, put_on_roster, row

NUMBER = id_number(BORN, 450, "1")


@pytest.fixture
def child(bureau, no1):
    catchment(no1)
    return put_on_roster(bureau, ("样例童", 450))[0]


@pytest.fixture
def clerk(staff, bureau, no1):
    return staff(Role.BUREAU_CLERK, bureau)


def test_two_people_of_the_bureau_decide_and_the_child_is_no_longer_missing(child, no3, staff):
    case = deferral_of(child)
    for stranger in (staff(Role.REGISTRAR, no3), hand_for(case, Role.HEADMASTER, "lead")):
        with pytest.raises(NotYourHand):
            perform(case, "submit", by=stranger)
    case = perform(case, "submit", by=hand_for(case, Role.BUREAU_CLERK, "bureau"))
    assert now(child).result == Result.DUE, "asked is not granted"
    with pytest.raises(NotYourHand):
        perform(case, "approve", by=hand_for(case, Role.BUREAU_CLERK, "bureau"))
    case = perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    assert (case.state, case.until, case.number[0]) == ("done", date(2027, 8, 31), "缓")
    assert (now(child).result, now(child).deferral) == (Result.DEFERRED, case.number)
    assert not case.subjects.exists()


def test_not_before_every_paper_is_checked(child, clerk):
    case = start_deferral(child, by=clerk, **DEFERRED)
    labels = set(case.materials.values_list("label", flat=True))
    assert labels == {"监护人缓学申请（签字）", "县级及以上医院诊断证明", "户口簿（儿童本人页）"}
    with pytest.raises(RulesBroken):
        perform(case, "submit", by=clerk)
    papers_in_order(case, clerk)
    assert perform(case, "submit", by=clerk).state == "bureau_check"


def test_the_approval_number_is_what_an_over_age_child_shows(child):
    """edge case 38: allowed with an approval number, by the number or its fingerprint, not before it is granted."""
    case = deferral_of(child)
    assert approval_of(NUMBER, YEAR + 1) == ""
    decided(case)
    for year, found in [(YEAR - 1, ""), (YEAR, case.number), (YEAR + 1, case.number)]:
        assert approval_of(NUMBER, year) == found
    assert approval_of(vault.index(NUMBER, "id"), YEAR + 1) == case.number
    assert approval_of(id_number(BORN, 451, "1"), YEAR + 1) == ""


def test_a_granted_deferral_is_cited_when_the_child_enters_school(child, no1):
    """Nobody types the number again; an approval of elsewhere that was typed stands."""
    case = decided(deferral_of(child))
    with clock.at(date(2027, 9, 3)):
        batch = entered(no1, asked(name="样例童", birth=BORN, number=NUMBER))
        entered(no1, asked(name="样例别", birth=BORN, sequence=451))
        entered(no1, asked(name="样例外", birth=BORN, sequence=452), deferral_number="建教缓〔2025〕3号")
        cited = {name: child_of(batch, name).application.deferral_number for name in ("样例童", "样例别", "样例外")}
    assert cited == {"样例童": case.number, "样例别": "", "样例外": "建教缓〔2025〕3号"}


def test_renewed_year_by_year(child, bureau, no1):
    first = decided(deferral_of(child))
    catchment(no1, year=YEAR + 1)
    (again,) = put_on_roster(bureau, ("样例童", 450), year=YEAR + 1)
    with clock.at(date(2027, 9, 3)):
        assert now(again).result == Result.DUE, "one approval is for one year"
        second = decided(deferral_of(again, certified_on=date(2027, 8, 20)))
        assert now(again).result == Result.DEFERRED
    assert approval_of(NUMBER, YEAR + 2) == second.number != first.number


def test_one_deferral_per_child_and_year_open_or_granted(child, clerk):
    case = deferral_of(child)
    with pytest.raises(RulesBroken) as refusal:
        start_deferral(child, by=clerk, **DEFERRED)
    assert {f.rule.code for f in refusal.value.verdict.broken} == {"is_the_only_one"}
    decided(case)
    with pytest.raises(RulesBroken):
        start_deferral(child, by=clerk, **DEFERRED)


def test_the_database_holds_the_one_deferral(child, clerk, no1):
    deferral_of(child)
    other = Deferral(roster_child=child, kind="deferral", number="缓0", state="draft", lead_school=no1, opened_by=clerk)
    other.certified_on = other.opened_on = clock.today()
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save(force_insert=True)


@pytest.mark.parametrize("action", ["withdraw", "refuse"])
def test_after_a_refusal_or_withdrawal_another_may_be_asked(child, clerk, action):
    case = deferral_of(child)
    role = Role.BUREAU_CLERK
    if action == "refuse":
        case, role = perform(case, "submit", by=clerk), Role.BUREAU_CHECKER
    perform(case, action, by=hand_for(case, role, "bureau"), opinion="证明不足")
    assert now(child).result == Result.DUE
    assert deferral_of(child).state == "draft"


def test_the_leader_undoes_it_and_the_child_is_missing_again(child):
    case = undone(decided(deferral_of(child)))
    assert (case.state, now(child).result, approval_of(NUMBER, YEAR + 1)) == ("undone", Result.DUE, "")
    assert deferral_of(child).state == "draft"


@pytest.mark.parametrize(("birth", "code"), [(date(2020, 8, 31), None), (date(2020, 9, 1), "is_of_age")])
def test_who_is_not_of_age_needs_none(bureau, no1, clerk, birth, code):
    catchment(no1)
    (young,) = listed(bureau, row("样例童", 450, birth=birth))
    if code is None:
        assert start_deferral(young, by=clerk, **DEFERRED).state == "draft"
        return
    with pytest.raises(RulesBroken) as refusal:
        start_deferral(young, by=clerk, **DEFERRED)
    assert {f.rule.code for f in refusal.value.verdict.broken} == {code}


@pytest.mark.parametrize(("day", "lawful"), [(date(2027, 8, 31), True), (date(2027, 9, 1), False)])
def test_the_year_must_not_be_over(child, clerk, day, lawful):
    with clock.at(day):
        if lawful:
            assert start_deferral(child, by=clerk, **DEFERRED).state == "draft"
            return
        with pytest.raises(RulesBroken) as refusal:
            start_deferral(child, by=clerk, **DEFERRED)
    assert {f.rule.code for f in refusal.value.verdict.broken} == {"year_is_not_over"}


def test_a_child_in_school_is_suspended_not_deferred(child, child_at, no1, clerk):
    from students.enrolments import sealed_number

    student = child_at(no1, grade=1)
    student.numbers.filter(kind="id").update(until=clock.today())
    sealed_number(student, "id", NUMBER, clock.today()).save()
    with pytest.raises(RulesBroken) as refusal:
        start_deferral(child, by=clerk, **DEFERRED)
    assert {f.rule.code for f in refusal.value.verdict.broken} == {"is_not_in_school"}
    assert "休学" in refusal.value.verdict.broken[0].remedy


def test_without_an_owner_the_bureau_names_one_first(bureau, no1, clerk):
    (lost,) = put_on_roster(bureau, ("样例童", 450))
    with pytest.raises(RulesBroken) as refusal:
        start_deferral(lost, by=clerk, **DEFERRED)
    assert {f.rule.code for f in refusal.value.verdict.broken} == {"has_an_owner"}


def test_what_is_handed_in_cannot_be_rewritten(child, clerk):
    case = perform(deferral_of(child), "submit", by=clerk)
    with pytest.raises(Refused):
        keep_deferral(case, by=clerk, **DEFERRED)
    assert Case.objects.on_desk_of(staff_member(Role.BUREAU_CHECKER, child.bureau)).get().pk == case.pk


def test_a_scan_is_sealed_with_the_key_of_the_roster(child, clerk):
    from approvals.materials import hand_in_paper, scan_bytes
    from tests.house.sites import photo

    case = start_deferral(child, by=clerk, **DEFERRED)
    material = hand_in_paper(case.materials.get(code="application"), by=clerk, data=photo())
    assert scan_bytes(material.scans.get()).startswith(b"\xff\xd8")


def printed(case, form, by) -> dict:
    """The content of a print, and the print itself made."""
    record = print_form(FORMS[form], case, by=by, address_of=str).record
    assert record.masked_name == "样＊＊"
    return FORMS[form].data(case)


def test_the_family_goes_home_with_paper(child, clerk):
    """G11 for a child that is not in the register: checklist, receipt, refusal."""
    case = start_deferral(child, by=clerk, **DEFERRED)
    told = printed(case, "one_time_notice", clerk)
    assert (told["addressee"], told["school"], len(told["papers"])) == ("样例父", "建平县教育局", 3)
    papers_in_order(case, clerk)
    case = perform(case, "submit", by=clerk)
    assert printed(case, "acceptance_receipt", clerk)["deadline"]
    case = perform(case, "refuse", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"), opinion="诊断证明不足以延缓入学")
    assert printed(case, "refusal_notice", clerk)["reasons"][0]["message"] == "诊断证明不足以延缓入学"


def test_begun_and_corrected_on_the_pages(client, child, clerk, no1, staff):
    client.force_login(clerk)
    url = reverse("students:deferral_new", args=[child.slug])
    assert "缓学" in client.get(url).content.decode()
    typed = DEFERRED | {"certified_on": "2026-09-10"}
    assert client.post(url, typed | {"certified_on": "2026-09-16"}).status_code == 422
    answer = client.post(url, typed)
    case = Deferral.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{case.get_absolute_url()}#papers")
    page = client.get(case.get_absolute_url()).content.decode()
    assert "样例童" in page and "2027年8月31日" in page
    draft = reverse("students:deferral_draft", args=[case.number])
    assert client.post(draft, typed | {"hospital": "市医院"}).status_code == 302
    case.refresh_from_db()
    assert case.hospital == "市医院"
    assert client.post(url, typed).status_code == 422
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(url).status_code == 403
    assert client.get(draft).status_code == 403
