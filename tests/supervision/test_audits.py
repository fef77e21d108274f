"""第三十五条: a term's audit from the data to the verdict; nobody picks the children, nothing is judged unheard."""

from datetime import date, timedelta
from hashlib import md5

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.countdown.engine import check_all, standing_on
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.models import Countdown
from approvals.services import perform
from law import clock, parameters
from law.models import Term
from students.models import Enrolment, Placement
from supervision.audits.services import begin_round, fill_in
from supervision.models import AuditFinding, TermAudit
from tests.county import class_of, hand_for
from tests.supervision.auditing import acted, answered, begun, judged, roll_called, walked
from tests.supervision.clocks import row


@pytest.fixture
def children(no1, child_at):
    return [child_at(no1, name=f"样例{n}") for n in "甲乙丙丁"]


@pytest.fixture
def case(bureau, no1, no2, children):
    row(no1, deadline="archive.opened")
    return begun(bureau)[no1.pk]


def test_a_round_opens_every_school_once_with_what_the_data_shows(case, bureau, no1, no2, staff):
    assert TermAudit.objects.count() == 2
    (found,) = case.findings.all()
    assert (found.source, found.breach, found.number) == ("data", "1", 1)
    assert TermAudit.objects.get(school=no2).findings.count() == 0
    with pytest.raises(Refused, match="都已开始"):
        begin_round(by=staff(Role.BUREAU_CLERK, bureau))
    with pytest.raises(NotYourHand):
        begin_round(by=staff(Role.BUREAU_CHECKER, bureau), schools=[no1])


def test_the_database_lets_one_audit_stand_per_school_and_term(case):
    other = TermAudit.objects.exclude(pk=case.pk).get()
    with pytest.raises(IntegrityError), transaction.atomic():
        TermAudit.objects.filter(pk=other.pk).update(school=case.school)


@pytest.mark.parametrize(("number", "drawn"), [(3, 3), (4, 4), (5, 4)])
def test_so_many_children_are_drawn_as_the_parameter_says(bureau, no1, children, monkeypatch, number, drawn):
    with parameters_of(monkeypatch, number):
        case = begun(bureau)[no1.pk]
    assert case.samples.count() == drawn
    assert all(sample.place for sample in case.samples.all())


def test_nobody_picks_the_children_everybody_can_check_who_was_drawn(bureau, no1, children, child_at, monkeypatch):
    """The first by a digest of the case's number and the child's address; a voided place is neither drawn nor told."""
    gone = child_at(no1, name="样例戊")
    Enrolment.objects.filter(student=gone).update(voided=True)
    with parameters_of(monkeypatch, 2):
        case = begun(bureau)[no1.pk]
    by_digest = sorted(children, key=lambda child: md5((case.number + child.slug).encode()).hexdigest())
    assert {sample.child for sample in case.samples.all()} == set(by_digest[:2])


def test_the_place_of_a_sample_is_the_one_that_counts(bureau, no1, no2, children):
    """A record entered by mistake at another school and voided since does not name the class."""
    child, (one,) = children[0], Placement.objects.filter(enrolment__student=children[0])
    voided = Enrolment.objects.get(pk=one.enrolment_id)
    voided.pk, voided.school, voided.voided = None, no2, True
    voided.save(force_insert=True)
    Placement.objects.create(enrolment=voided, school_class=class_of(no2, 5), year=one.year, starts=one.starts)
    case = begun(bureau)[no1.pk]
    assert case.samples.get(child=child).place == "三年级1班"


def parameters_of(monkeypatch, number):
    from contextlib import nullcontext

    before = parameters.on
    monkeypatch.setattr(
        "supervision.audits.services.parameters.on", lambda day: {**before(day), "audit.sample": number}
    )
    return nullcontext()


def test_the_audit_by_its_actors(case, children):
    with pytest.raises(RulesBroken, match="没有核查结果"):
        acted(case, "submit")
    case = acted(roll_called(case, absent=children[:1]), "submit", "issue")
    assert case.findings.get(source="sample").number == 1 and case.due_on
    with pytest.raises(RulesBroken, match="没有说明"):
        acted(case, "answer")
    case = acted(answered(case), "answer", "vouch")
    with pytest.raises(RulesBroken, match="没有认定"):
        acted(case, "judge_findings")
    case = acted(judged(case), "judge_findings", "close")
    assert (case.state, case.closed_on) == ("done", clock.today())


def test_a_sheet_returned_and_corrected_counts_the_roll_call_anew(case, children):
    case = acted(roll_called(case, absent=children[:2]), "submit")
    case = perform(case, "send_back", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"), opinion="再核一名")
    case = acted(roll_called(case, absent=()), "submit")
    assert not case.findings.filter(source="sample").exists()


def test_only_who_holds_the_sheet_writes_and_only_what_is_open(case, no1, no2, staff):
    sample, finding = case.samples.first(), case.findings.get()
    for person in (staff(Role.REGISTRAR, no1), staff(Role.REGISTRAR, no2)):
        with pytest.raises(NotYourHand):
            fill_in(case, by=person, samples={sample.pk: {"result": "present"}})
    clerk = hand_for(case, Role.BUREAU_CLERK, "bureau")
    fill_in(case, by=clerk, findings={finding.pk: {"verdict": "cleared"}})
    finding.refresh_from_db()
    assert finding.verdict == ""
    case = acted(roll_called(case), "submit")
    with pytest.raises(Refused, match="不能改动"):
        fill_in(case, by=clerk, samples={sample.pk: {"result": "absent"}})


def test_what_is_answered_anew_is_judged_anew(case):
    """An answer taken back needs no verdict first, and the old verdict does not stand for the new answer."""
    case = acted(roll_called(case), "submit", "issue")
    case = judged(acted(answered(case), "answer", "vouch"))
    case = perform(case, "ask_again", by=hand_for(case, Role.BUREAU_CLERK, "bureau"), opinion="没有说清")
    assert not case.findings.exclude(verdict="").exists()
    answered(case, answer="", words="")
    with pytest.raises(RulesBroken, match="没有说明"):
        acted(case, "answer")
    case = acted(answered(case, words="逐人核对，已改"), "answer", "vouch")
    with pytest.raises(RulesBroken, match="没有认定"):
        acted(case, "judge_findings")


def test_nothing_is_judged_unheard_whoever_writes_the_row(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditFinding.objects.filter(case=case).update(verdict="ordered")


def test_a_finding_of_the_visit_is_added_once(case):
    clerk = hand_for(case, Role.BUREAU_CLERK, "bureau")
    added = {"breach": "9", "title": "没有学籍管理制度", "number": 1}
    fill_in(case, by=clerk, added=added)
    with pytest.raises(Refused, match="已经列入"):
        fill_in(case, by=clerk, added=added)
    assert case.findings.get(source="hand").title == "没有学籍管理制度"


@pytest.mark.parametrize(
    ("day", "open_"), [(date(2026, 8, 31), False), (date(2026, 9, 1), True), (date(2027, 1, 15), True)]
)
def test_every_school_is_audited_by_the_end_of_the_term(no1, day, open_):
    Term.objects.all().delete()
    Term.objects.create(year=2026, number=1, starts=date(2026, 9, 1), ends=date(2027, 1, 15))
    with clock.at(day):
        found = standing_on(day, only="audit.term")
    assert [(each.school, each.due) for each in found] == ([(no1.pk, date(2027, 1, 15))] if open_ else [])


def test_a_term_nobody_audited_stays_owed_and_what_is_done_on_its_last_day_is_in_time(case, no2):
    term = Term.objects.get(year=case.year, number=case.term)
    with clock.at(term.ends):
        check_all(term.ends)
        walked(case)
    with clock.at(term.ends + timedelta(days=1)):
        check_all(clock.today())
    rows = {row.school_id: row for row in Countdown.objects.filter(deadline="audit.term", starts_on=term.starts)}
    assert (rows[case.school_id].closed_on, rows[case.school_id].in_time) == (term.ends, True)
    assert rows[no2.pk].closed_on is None and rows[no2.pk].escalated_on == term.ends + timedelta(days=1)


def test_a_finished_audit_is_owed_no_more(case, no1, no2):
    Term.objects.all().delete()
    Term.objects.create(year=2026, number=1, starts=date(2026, 9, 1), ends=date(2027, 1, 15))
    walked(case)
    assert [each.school for each in standing_on(clock.today(), only="audit.term")] == [no2.pk]


def test_the_pages_of_the_round_and_of_the_sheet(client, case, no1, no2, bureau, staff, children):
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    said = client.get(reverse("supervision:audits")).content.decode()
    assert case.number in said and "开始本学期核查" not in said
    url = reverse("supervision:audit_sheet", args=[case.number])
    samples = list(case.samples.all())
    typed = {f"s{sample.pk}_result": "present" for sample in samples}
    wrong = client.post(url, typed | {"new_title": "缺制度"})
    assert wrong.status_code == 422 and "缺制度" in wrong.content.decode()
    assert client.post(url, typed).status_code == 302
    assert set(case.samples.values_list("result", flat=True)) == {"present"}
    case = acted(case, "submit", "issue")
    assert client.get(url).status_code == 403
    client.force_login(staff(Role.REGISTRAR, no1))
    (finding,) = case.findings.all()
    assert client.post(url, {f"f{finding.pk}_answer": "fixed"}).status_code == 422
    assert client.post(url, {f"f{finding.pk}_answer": "fixed", f"f{finding.pk}_words": "已建档"}).status_code == 302
    assert client.get(case.get_absolute_url()).status_code == 200
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(url).status_code == 404 and client.get(case.get_absolute_url()).status_code == 404


def test_only_the_bureaus_clerk_begins_a_round_from_the_page(client, no1, bureau, staff):
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.post(reverse("supervision:audit_begin")).status_code == 403
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert client.post(reverse("supervision:audit_begin")).status_code == 302
    assert TermAudit.objects.get().school == no1
