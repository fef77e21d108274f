"""第二十七、二十八条: loss of learning ability by the leader alone; death before everything else, and for ever."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, RulesBroken
from approvals.kinds import by_kind
from approvals.services import perform
from law import clock, workdays
from schools.models import Bureau, Division, Seats
from students.change_pages import lines_of
from students.changes import keep_change, kinds_of_change, start_change, verdict_on
from students.filters import ON_ROLL
from students.models import Enrolment
from suspensions.models import Death, Incapacity, Suspension
from tests.changes import again, decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, hand_for, make_school, papers_in_order, seats_of, walk
from tests.invariants import broken
from tests.suspensions.specimens import DIED, ONE_YEAR
from transfers.models import Transfer
from transfers.services import start_transfer


@pytest.fixture
def child(no1, child_at):
    return child_at(no1, grade=3, name="样例丁")


def test_loss_of_learning_ability_is_signed_by_the_leader(child, no1):
    """edge case 55"""
    used = seats_of(no1, 3).used
    case = decided(drafted(Incapacity, child, condition="重度脑损伤"), until="pass_on")
    assert again(child).status == "enrolled"
    perform(case, "approve", by=hand_for(case, Role.BUREAU_LEADER, "bureau"))
    assert (again(child).status, seats_of(no1, 3).used) == ("left", used - 1)
    assert not Enrolment.objects.living().filter(student=child).exists()


def test_no_kind_is_named_after_leaving_school():
    """edge case 55: there is no such thing in any menu."""
    names = "".join(str(kind._meta.verbose_name) for kind in by_kind().values())
    assert not any(word in names for word in ("退学", "开除", "劝退"))


@pytest.mark.parametrize("status", ["abroad", "in_custody"])
def test_incapacity_is_of_a_child_at_school(child, status):
    type(child).objects.filter(pk=child.pk).update(status=status)
    assert verdict_on(Incapacity, again(child)).word == "no"


@pytest.mark.parametrize(("days", "word"), [(-1, "yes"), (0, "yes"), (1, "no")])
def test_dead_before_learned(child, days, word):
    given = DIED | {"died_on": DIED["learned_on"] + timedelta(days=days)}
    assert verdict_on(Death, child, **given).word == word


@pytest.mark.parametrize(("days", "word"), [(-1, "no"), (0, "yes"), (1, "yes")])
def test_learned_before_proved(child, days, word):
    given = DIED | {"proved_on": DIED["learned_on"] + timedelta(days=days)}
    assert verdict_on(Death, child, **given).word == word


@pytest.mark.parametrize(("days", "word"), [(0, "yes"), (1, "no")])
def test_no_day_lies_ahead(child, days, word):
    assert verdict_on(Death, child, **DIED | {"proved_on": LEGAL_DAY + timedelta(days=days)}).word == word


def test_the_database_holds_the_order_too(child):
    case = drafted(Death, child, **DIED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Death.objects.filter(pk=case.pk).update(died_on=date(2026, 9, 12))


def test_the_proof_may_follow_the_draft_but_not_the_signature(child):
    case = drafted(Death, child, **DIED | {"proved_on": None})
    registrar = hand_for(case, Role.REGISTRAR, "lead")
    with pytest.raises(RulesBroken, match="取得证明日期"):
        perform(case, "submit", by=registrar)
    keep_change(case, by=registrar, **DIED, proof_kind="medical")
    assert perform(case, "submit", by=registrar).state == "school_check"


def test_the_clock_begins_when_the_school_learned_of_it(child):
    case = drafted(Death, child, **DIED)
    due = workdays.add(DIED["learned_on"], 10).day
    assert case.due_on == due
    for action, role, side in [("submit", Role.REGISTRAR, "lead"), ("vouch", Role.HEADMASTER, "lead")]:
        with clock.at(clock.today() + timedelta(days=1)):
            case = perform(case, action, by=hand_for(case, role, side))
        assert case.due_on == due


def test_what_is_entered_late_is_overdue_at_once_and_keeps_both_days(child):
    """edge case 67"""
    early = {"died_on": date(2026, 7, 1), "learned_on": date(2026, 7, 2), "proved_on": date(2026, 9, 14)}
    case = drafted(Death, child, **early)
    assert case.due_on < LEGAL_DAY
    case = decided(case)
    step = case.steps.get(action="approve")
    assert (step.happened_on, step.acted_on) == (date(2026, 7, 1), LEGAL_DAY)
    assert case.steps.get(action="submit").happened_on == LEGAL_DAY


def test_a_corrected_day_of_learning_moves_the_clock(child):
    case = drafted(Death, child, **DIED)
    changed = DIED | {"learned_on": date(2026, 9, 14), "proof_kind": "medical"}
    case = keep_change(case, by=hand_for(case, Role.REGISTRAR, "lead"), **changed)
    assert case.due_on == workdays.add(date(2026, 9, 14), 10).day


@pytest.mark.parametrize(("cause", "said"), [("", ""), ("42", "交通事故致死")])
def test_the_cause_is_chosen_from_the_register_or_left_open(child, cause, said):
    case = drafted(Death, child, **DIED)
    by = hand_for(case, Role.REGISTRAR, "lead")
    case = keep_change(case, by=by, **DIED, proof_kind="medical", cause=cause)
    assert {"label": "原因类别", "value": said} in lines_of(case)
    assert perform(case, "submit", by=by).state == "school_check"


def held_at(school):
    """Seats held in grade three: of the grade and of its class."""
    return list(Seats.objects.filter(school=school, grade=3).order_by("pk").values_list("reserved", flat=True))


def test_death_ends_an_open_transfer_and_frees_its_seat(transfer, no2):
    """edge case 54"""
    assert held_at(no2) == [0, 0]
    case = walk(transfer, until="pass_review")
    assert held_at(no2) == [1, 1]
    death = drafted(Death, case.child, **DIED)
    assert Transfer.objects.get(pk=case.pk).is_open
    decided(death)
    ended = Transfer.objects.get(pk=case.pk)
    assert (ended.state, held_at(no2)) == ("withdrawn", [0, 0])
    assert death.number in ended.steps.get(action="give_way").opinion
    assert again(case.child).status == "deceased"


@pytest.fixture
def abroad(db):
    """A school of another county's bureau."""
    bureau = Bureau.objects.create(name="凌源市教育局", division=Division.objects.get(code="211382"))
    return make_school(bureau, 71, "凌源实验小学", division="211382")


@pytest.mark.parametrize("until", [None, "pass_review", "approve_entry"])
def test_death_ends_a_transfer_that_another_county_leads(child, abroad, staff, bureau, until):
    """第二十八条 precedes every case, whoever leads it: the step is signed by the power of the death."""
    registrar = staff(Role.REGISTRAR, abroad)
    case = start_transfer(child, abroad, by=registrar, ground="T3", grade=3, to_class=class_of(abroad, 3))
    papers_in_order(case, registrar)
    case = walk(case, until=until) if until else case
    death = decided(drafted(Death, child, **DIED))
    ended = Transfer.objects.get(pk=case.pk)
    assert (ended.state, held_at(abroad), again(child).status) == ("withdrawn", [0, 0], "deceased")
    step = ended.steps.get(action="give_way")
    checker = staff(Role.BUREAU_CHECKER, bureau)
    assert (step.actor, step.appointment.bureau) == (checker, bureau)
    assert step.appointment_id == death.steps.get(action="approve").appointment_id
    assert death.number in step.opinion and broken() == []
    wanted = set(ended.filings.filter(filed_on=None, needless=False).values_list("school", flat=True))
    assert wanted <= {abroad.pk}, "what is to be taken back in the national system is the other county's to do"


def test_nobody_of_another_county_ends_it_by_hand(child, abroad, staff, bureau):
    registrar = staff(Role.REGISTRAR, abroad)
    case = start_transfer(child, abroad, by=registrar, ground="T3", grade=3, to_class=class_of(abroad, 3))
    with pytest.raises(NotYourHand):
        perform(case, "give_way", by=staff(Role.BUREAU_CHECKER, bureau), opinion="该生死亡")


def test_death_ends_an_open_suspension(child):
    """edge case 54"""
    open_one = drafted(Suspension, child, **ONE_YEAR)
    decided(drafted(Death, child, **DIED))
    assert Suspension.objects.get(pk=open_one.pk).state == "withdrawn"


def test_nothing_begins_after_death(child, no1, staff):
    """edge case 54"""
    case = decided(drafted(Death, child, **DIED))
    child = again(child)
    assert not Enrolment.objects.living().filter(student=child).exists()
    assert {name: verdict_on(kind, child).word for name, kind in kinds_of_change().items()} == dict.fromkeys(
        kinds_of_change(), "no"
    )
    with pytest.raises(RulesBroken):
        start_change(Suspension, child, by=staff(Role.REGISTRAR, no1), **ONE_YEAR)
    undone(case)
    assert again(child).status == "enrolled"


def test_the_dead_leave_the_lists_but_are_found_when_asked_for(child, no1, staff, client):
    """edge case 54"""
    number = child.id_number.plain()
    decided(drafted(Death, child, **DIED))
    assert "deceased" not in ON_ROLL
    client.force_login(staff(Role.REGISTRAR, no1))

    def shown(**chosen):
        return child.slug in client.get(reverse("students:list"), chosen).content.decode()

    assert not shown() and not shown(status="all") and not shown(q="样例丁", status="all")
    assert shown(status="deceased")
    found = [client.post(reverse("students:search"), {"q": words}).url for words in ("样例丁", number)]
    assert found[0] != child.get_absolute_url() and found[1] == child.get_absolute_url()
