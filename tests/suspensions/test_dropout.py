"""第三十条, the decision: four weeks, three visits, township and bureau told; the record is kept, a return ends it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, RulesBroken
from approvals.services import perform
from law import clock
from law.models import Parameter
from students.changes import start_change, verdict_on
from students.journal import snapshot
from students.models import Enrolment, Placement, Student
from suspensions.absence import mark_present, run_of
from suspensions.models import Dropout, ReturnToSchool, Suspension
from tests.changes import again, decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, hand_for, seats_of
from tests.suspensions.dropout_specimens import GIVEN, NEVER_CAME, TOLD, visit, visited
from tests.suspensions.test_absence import away


@pytest.fixture
def child(no1, child_at):
    return child_at(no1, grade=3)


@pytest.fixture
def case(child):
    return drafted(Dropout, visited(child), **GIVEN)


def broken(refusal) -> str:
    return str(refusal.value)


def registrar(case):
    return hand_for(case, Role.REGISTRAR, "lead")


@pytest.mark.parametrize("days", [27, 28, 29])
def test_less_than_four_weeks_is_no_dropout(child, days):
    given = {"first_absent_on": date(2026, 7, 12) - timedelta(days=days - 16), "evidence": "村委会证明"}
    # 1 to 15 September are 15 counted days, the holidays none.
    counted = {27: "no", 28: "yes", 29: "yes"}[days]
    assert verdict_on(Dropout, child, **given).word == counted


@pytest.mark.parametrize(("times", "passes"), [(2, False), (3, True), (4, True)])
def test_without_enough_visits_the_child_stays_suspected(child, times, passes):
    """edge case 43"""
    case = drafted(Dropout, visited(child, times), **GIVEN)
    assert case.state_name == "疑似辍学（劝返中）"
    if passes:
        assert perform(case, "submit", by=registrar(case)).state == "school_check"
        return
    with pytest.raises(RulesBroken) as refusal:
        perform(case, "submit", by=registrar(case))
    assert "劝返记录2次，不足3次" in broken(refusal) and "第三十条" in broken(refusal)
    assert again(child).status == "enrolled"


def test_visits_before_the_absence_do_not_count(child):
    visit(child, on=date(2026, 5, 31))
    case = drafted(Dropout, visited(child, 2), **GIVEN)
    assert case.facts.visits == 2


def test_the_number_of_visits_is_a_parameter(child):
    Parameter.objects.create(
        code="dropout.visits", value=4, starts=date(2026, 1, 1), level="县", document="建教发〔2026〕9号"
    )
    case = drafted(Dropout, visited(child, 3), **GIVEN)
    with pytest.raises(RulesBroken, match="不足4次"):
        perform(case, "submit", by=registrar(case))


@pytest.mark.parametrize("missing", TOLD)
def test_the_township_must_be_told_with_a_receipt(child, missing):
    case = drafted(Dropout, visited(child), **{k: v for k, v in GIVEN.items() if k != missing})
    with pytest.raises(RulesBroken, match="报送当地乡镇"):
        perform(case, "submit", by=registrar(case))


def test_a_typed_day_needs_evidence_and_the_log_may_not_contradict(child, staff, no1):
    assert verdict_on(Dropout, child, **NEVER_CAME).word == "yes"
    assert verdict_on(Dropout, child, **NEVER_CAME | {"evidence": " "}).word == "no"
    mark_present(child, class_of(no1, 3), date(2026, 9, 8), by=staff(Role.REGISTRAR, no1))
    with pytest.raises(RulesBroken, match="2026年9月8日点名有到校"):
        start_change(Dropout, child, by=staff(Role.REGISTRAR, no1), **NEVER_CAME)


def test_by_the_log_alone_and_only_when_it_is_whole(child):
    last = date(2026, 11, 9)
    away(child, date(2026, 10, 12), date(2026, 10, 30))
    away(child, date(2026, 11, 3), last)
    with clock.at(last):
        case = drafted(Dropout, visited(child), **TOLD)
        with pytest.raises(RulesBroken, match="1个上课日没有点名"):
            perform(case, "submit", by=registrar(case))
        away(child, date(2026, 11, 2), date(2026, 11, 2))
    with clock.at(last):
        case = decided(case)
    assert (case.state, case.absent_since) == ("done", date(2026, 10, 12))


def test_the_child_leaves_the_class_and_keeps_the_record(case, child, no1):
    """edge case 44"""
    used = seats_of(no1, 3).used
    case = decided(case)
    assert (again(child).status, seats_of(no1, 3).used) == ("dropped_out", used - 1)
    assert Enrolment.objects.living().filter(student=child, school=no1).exists()
    assert not Placement.objects.filter(enrolment__student=child, ends=None).exists()
    assert (case.bureau_receipt, case.kept_until) == (f"回{case.number}", date(2033, 8, 31))
    assert Student.objects.filter(pk=child.pk).exists()


def test_the_leader_corrects_and_everything_is_as_before(case, child, no1):
    before, used = snapshot([child.pk]), seats_of(no1, 3).used
    case = undone(decided(case))
    assert (case.state, snapshot([child.pk]), seats_of(no1, 3).used) == ("undone", before, used)


@pytest.mark.parametrize("until", [None, "submit", "vouch", "propose"])
def test_a_child_that_comes_back_ends_the_case(case, child, until):
    if until:
        case = decided(case, until=until)
    case = perform(case, "come_back", by=registrar(case), returned_on=LEGAL_DAY)
    assert (case.state, case.came_back_on, again(child).status) == ("returned", LEGAL_DAY, "enrolled")
    assert child.absence_entries.get().mark == "present" and run_of(child) is None
    assert case.steps.last().happened_on == LEGAL_DAY


def test_whoever_is_back_in_the_log_is_not_decided(child, staff, no1):
    case = decided(drafted(Dropout, visited(child), **GIVEN), until="propose")
    mark_present(child, class_of(no1, 3), LEGAL_DAY, by=staff(Role.REGISTRAR, no1))
    with pytest.raises(RulesBroken, match="返校销号"):
        perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


def test_a_stranger_neither_ends_nor_hands_over(case, no2, staff):
    for role in (Role.REGISTRAR, Role.HEADMASTER):
        with pytest.raises(NotYourHand):
            perform(case, "come_back", by=staff(role, no2), returned_on=LEGAL_DAY)


def test_a_return_seats_the_child_even_where_it_is_full_and_ends_the_entry(case, child, no1):
    """edge case 44: return is 返校 and 销号"""
    case = decided(case)
    from schools.models import Seats

    Seats.objects.filter(school=no1, grade=3).update(capacity=0, granted=0, used=0)
    back = decided(drafted(ReturnToSchool, again(child), returned_on=LEGAL_DAY, to_class=class_of(no1, 3)))
    assert (again(child).status, back.closes_id) == ("enrolled", case.pk)
    assert Placement.objects.get(enrolment__student=child, ends=None).school_class == class_of(no1, 3)
    assert seats_of(no1, 3).granted == 1
    undone(back)
    assert again(child).status == "dropped_out"
    assert not case.returns.filter(state="done").exists(), "the entry of the ledger stands again"


@pytest.mark.parametrize(("day", "word"), [(-1, "no"), (0, "yes"), (1, "no")])
def test_the_day_of_return_lies_between_decision_and_today(case, child, no1, day, word):
    decided(case)
    given = {"returned_on": LEGAL_DAY + timedelta(days=day), "to_class": class_of(no1, 3)}
    assert verdict_on(ReturnToSchool, again(child), **given).word == word


def test_only_into_a_class_of_the_own_school(case, child, no2):
    decided(case)
    given = {"returned_on": LEGAL_DAY, "to_class": class_of(no2, 3)}
    assert "返校后办理转学" in str([f.remedy for f in verdict_on(ReturnToSchool, again(child), **given).broken])


def test_not_into_a_class_that_is_closed(case, child, no1):
    decided(case)
    to_class = class_of(no1, 3)
    to_class.closed_on = LEGAL_DAY
    given = {"returned_on": LEGAL_DAY, "to_class": to_class}
    assert verdict_on(ReturnToSchool, again(child), **given).word == "no"


@pytest.mark.parametrize(("until", "word"), [(30, "yes"), (31, "yes"), (32, "no")])
def test_an_expired_suspension_is_no_dropout_by_itself(no1, child_at, until, word):
    """edge case 46: not automatic; once it is over, days after it may be counted, days of it may not."""
    child = child_at(no1, grade=3)
    last = date(2026, 4, 30) + timedelta(days=until)
    decided(drafted(Suspension, child, ground_note="肺炎", starts_on=date(2025, 9, 15), until=last))
    assert again(child).status == "suspended"
    assert verdict_on(Dropout, again(child), **NEVER_CAME).word == word


def test_a_grade_seven_child_that_never_came_is_suspected(bureau, child_at):
    """edge case 41, the suspected side: enrolled in the junior school, no log, evidence instead."""
    from schools.models import School
    from tests.county import make_school

    junior = make_school(bureau, 9, "第九中学", School.Kind.JUNIOR)
    child = child_at(junior, grade=7)
    given = {"first_absent_on": date(2026, 9, 1), "evidence": "七年级报到册无签名"}
    with clock.at(date(2026, 10, 12)):
        case = drafted(Dropout, child, **given)
    assert case.state_name == "疑似辍学（劝返中）"


def test_the_file_of_a_migrant_goes_home_with_a_receipt_once(no1, child_at, case, client):
    """edge case 45"""
    migrant = visited(child_at(no1, grade=4, name="随迁生", household_division="150429000000"))
    moved, local = decided(drafted(Dropout, migrant, **GIVEN)), decided(case)
    by = registrar(moved)
    receipt = {"handed_on": LEGAL_DAY, "handed_to": "宁城县教育局", "handover_receipt": "宁教收7号"}
    with pytest.raises(RulesBroken, match="户籍在本县"):
        perform(local, "hand_over", by=by, **receipt)
    client.force_login(by)
    listed = client.get(reverse("dropout:handovers")).content.decode()
    assert "随迁生" in listed and "样例甲" not in listed and "2027年1月20日" in listed
    url = reverse("dropout:handover", args=[moved.number])
    assert client.post(url, receipt | {"handover_receipt": ""}).status_code == 422
    assert client.post(url, receipt).status_code == 302
    moved.refresh_from_db()
    assert (moved.state, moved.handed_to, moved.handover_receipt) == ("done", "宁城县教育局", "宁教收7号")
    assert moved.steps.last().label == "转交档案至户籍所在地"
    assert client.post(url, receipt).status_code == 422


def walked(client, **chosen) -> list[list[str]]:
    """The names on each page of a ledger, going forward to the end and back again."""
    pages, address = [], chosen
    for word, other in [("after", "next"), ("before", "previous")]:
        while True:
            context = client.get(reverse("dropout:ledger"), address).context
            pages.append([row.child.name for row in context["rows"]])
            cursor = getattr(context["page"], other)
            if not cursor:
                break
            address = {**chosen, word: cursor}
    return pages


@pytest.mark.parametrize("wanted", ["suspected", "dropped"])
def test_a_long_ledger_is_turned_page_by_page(client, no1, child_at, staff, bureau, monkeypatch, wanted):
    """Five children, two to a page: every one is seen once forward, and again on the way back."""
    monkeypatch.setattr("suspensions.ledger.PAGE", 2)
    names = ["样例甲", "样例乙", "样例丙", "样例丁", "样例戊"]
    cases = [drafted(Dropout, visited(child_at(no1, grade=3, name=name)), **GIVEN) for name in names]
    if wanted == "dropped":
        for case in cases:
            decided(case)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    pages = walked(client, list=wanted)
    assert [len(page) for page in pages[:3]] == [2, 2, 1]
    assert sorted(sum(pages[:3], [])) == sorted(names)
    assert pages[3:] == [pages[2], pages[1], pages[0]][-len(pages[3:]) :]
    assert "共 <b>5</b> 名" in client.get(reverse("dropout:ledger"), {"list": wanted}).content.decode()


def test_an_unknown_cursor_is_the_first_page(client, no1, child_at, staff, bureau):
    drafted(Dropout, visited(child_at(no1, grade=3, name="样例甲")), **GIVEN)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    for wanted in ("suspected", "dropped", "returned", "ended"):
        answer = client.get(reverse("dropout:ledger"), {"list": wanted, "after": "无此人"})
        assert answer.status_code == 200


def test_the_ledgers_show_each_child_in_its_place(client, no1, child_at, staff):
    suspect = drafted(Dropout, child_at(no1, name="疑似生"), **GIVEN)
    decided(drafted(Dropout, visited(child_at(no1, name="辍学生")), **GIVEN))
    back = drafted(Dropout, child_at(no1, name="返校生"), **GIVEN)
    perform(back, "come_back", by=registrar(back), returned_on=LEGAL_DAY)
    old = decided(drafted(Dropout, visited(child_at(no1, name="届满生")), **GIVEN))
    Dropout.objects.filter(pk=old.pk).update(kept_until=LEGAL_DAY - timedelta(days=1))
    client.force_login(staff(Role.REGISTRAR, no1))
    names = {"suspected": "疑似生", "dropped": "辍学生", "returned": "返校生", "ended": "届满生"}
    for wanted, name in names.items():
        text = client.get(reverse("dropout:ledger"), {"list": wanted}).content.decode()
        assert [n for n in names.values() if n in text] == [name]
    assert "疑似生" not in client.get(reverse("dropout:ledger"), {"q": "查无此人"}).content.decode()
    months = client.get(reverse("dropout:months"), {"month": "2026-09"})
    (row,) = months.context["rows"]
    figures = {name: row[name] for name in ("opened", "won", "open", "decided", "back", "kept", "visits")}
    # 届满 counts as ended by the end of the month.
    assert figures == {"opened": 4, "won": 1, "open": 1, "decided": 2, "back": 0, "kept": 1, "visits": 6}
    page = client.get(suspect.get_absolute_url()).content.decode()
    assert "劝返记录" in page and "返校销号" in page
