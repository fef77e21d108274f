"""第十三条, the termly maintenance of volatile fields: teachers answer, the registrar accepts, only then the record."""

from datetime import date

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.appointments import appoint
from accounts.models import User
from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from law import clock
from students import campaigns
from students.models import Campaign, CampaignEntry
from suspensions.models import Death
from tests.changes import decided, drafted
from tests.county import LEGAL_DAY, class_of, walk
from tests.crowd import crowd
from tests.suspensions.specimens import DIED

DUE = date(2026, 10, 15)
State = CampaignEntry.State


@pytest.fixture
def room(no1):
    return class_of(no1, 3)


@pytest.fixture
def teacher(no1, room, staff):
    person = staff(Role.CLASS_TEACHER, no1, name="李老师")
    person.appointments.update(school_class=room)
    return person


@pytest.fixture
def registrar(no1, staff):
    return staff(Role.REGISTRAR, no1)


@pytest.fixture
def clerk(bureau, staff):
    return staff(Role.BUREAU_CLERK, bureau)


@pytest.fixture
def child(child_at, no1):
    return child_at(no1, grade=3, name="曾小禾", phone="13800000000", left_behind="0", migrant_child=False)


@pytest.fixture
def campaign(bureau, clerk, child):
    return campaigns.open_campaign(bureau, DUE, by=clerk)[0]


def entry_of(child) -> CampaignEntry:
    return CampaignEntry.objects.get(child=child)


def answer(child, **given):
    return {name: getattr(child, name) for name in campaigns.ATTRIBUTES} | given


# -- opening ------------------------------------------------------------------


def test_the_clerk_opens_one_campaign_a_term_and_every_child_of_the_county_has_an_entry(
    bureau, clerk, child, child_at, no2, room
):
    other = child_at(no2, grade=5)
    campaign, added = campaigns.open_campaign(bureau, DUE, by=clerk)
    assert (added, campaign.year, campaign.term, campaign.opened_on) == (2, 2026, 1, LEGAL_DAY)
    rows = campaign.entries.values_list("child", "school", "school_class", "state", "changes")
    assert list(rows) == [
        (child.pk, child.school_id, room.pk, "waiting", {}),
        (other.pk, no2.pk, class_of(no2, 5).pk, "waiting", {}),
    ]


def test_opening_again_adds_who_came_later_and_changes_nothing_else(
    bureau, clerk, campaign, child, child_at, no1, teacher
):
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    before = list(CampaignEntry.objects.values())
    assert campaigns.open_campaign(bureau, date(2026, 12, 1), by=clerk) == (campaign, 0)
    assert list(CampaignEntry.objects.values()) == before
    comer = child_at(no1, grade=3, name="新来生")
    assert campaigns.open_campaign(bureau, by=clerk) == (campaign, 1)
    assert list(CampaignEntry.objects.exclude(child=comer).values()) == before
    campaign.refresh_from_db()
    assert campaign.due_on == DUE


def test_opening_asks_as_much_for_many_children_as_for_few(bureau, clerk, child_at, no1, no2):
    def asked():
        with CaptureQueriesContext(connection) as questions:
            campaigns.open_campaign(bureau, DUE, by=clerk)
        return len(questions)

    child_at(no1)
    asked()
    few = asked()
    for _ in range(8):
        child_at(no1)
    assert asked() == few


def test_only_the_clerk_opens_and_not_into_the_past(bureau, staff, registrar, clerk, db):
    for person in (registrar, staff(Role.BUREAU_CHECKER, bureau)):
        with pytest.raises(NotYourHand):
            campaigns.open_campaign(bureau, DUE, by=person)
    with pytest.raises(Refused, match="不能早于今日"):
        campaigns.open_campaign(bureau, date(2026, 9, 14), by=clerk)
    assert not Campaign.objects.exists()


def test_the_next_term_has_a_campaign_of_its_own_and_closes_the_former(bureau, clerk, campaign, child, teacher):
    old = entry_of(child)
    with clock.at(date(2027, 3, 15)):
        spring, added = campaigns.open_campaign(bureau, date(2027, 4, 15), by=clerk)
        assert (spring.year, spring.term, added) == (2026, 2, 1)
        with pytest.raises(Refused, match="已结束"):
            campaigns.confirm(old, answer(child), by=teacher)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_open_at_once_and_there_is_one_campaign(bureau, clerk, child):
    said = crowd([lambda: campaigns.open_campaign(bureau, DUE, by=clerk)] * 4)
    assert said == {"done": 4}
    assert (Campaign.objects.count(), CampaignEntry.objects.count()) == (1, 1)


# -- the teacher ---------------------------------------------------------------


def test_a_correction_is_a_proposal_and_the_record_waits_for_the_registrar(campaign, child, teacher, registrar):
    entry = campaigns.confirm(entry_of(child), answer(child, phone="13900000000", migrant_child=True), by=teacher)
    assert entry.changes == {"migrant_child": [False, True], "phone": ["13800000000", "13900000000"]}
    child.refresh_from_db()
    assert child.phone == "13800000000"
    campaigns.accept(entry_of(child), by=registrar)
    child.refresh_from_db()
    assert (child.phone, child.migrant_child, child.left_behind) == ("13900000000", True, "0")
    entry = entry_of(child)
    assert (entry.state, entry.confirmed_by, entry.accepted_by) == (State.ACCEPTED, teacher, registrar)
    last = child.events.order_by("pgh_id").last()
    assert last.phone == "13900000000"


def test_a_second_click_changes_nothing_and_tells_so(campaign, child, teacher, registrar):
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    with pytest.raises(Refused, match="李老师已于2026年9月15日办理"):
        campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    campaigns.accept(entry_of(child), by=registrar)
    for act in (
        lambda: campaigns.accept(entry_of(child), by=registrar),
        lambda: campaigns.confirm(entry_of(child), answer(child, phone="13700000000"), by=teacher),
    ):
        with pytest.raises(Refused, match="本次操作未生效"):
            act()


@pytest.mark.django_db(transaction=True)
def test_of_many_acceptances_at_once_one_counts(campaign, child, teacher, registrar):
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    entry = entry_of(child)
    assert crowd([lambda: campaigns.accept(entry, by=registrar)] * 4) == {"done": 1, "Refused": 3}


@pytest.mark.parametrize("who", ["other class", "other school", "headmaster", "clerk"])
def test_nobody_else_answers_for_the_class(campaign, child, room, staff, no1, no2, clerk, who):
    people = {
        "other class": lambda: staff(Role.CLASS_TEACHER, no1, name="王老师"),
        "other school": lambda: staff(Role.REGISTRAR, no2),
        "headmaster": lambda: staff(Role.HEADMASTER, no1),
        "clerk": lambda: clerk,
    }
    person = people[who]()
    person.appointments.filter(role=Role.CLASS_TEACHER).update(school_class=class_of(no1, 4))
    for act in (
        lambda: campaigns.confirm(entry_of(child), answer(child), by=person),
        lambda: campaigns.confirm_rest(campaign, room, by=person),
        lambda: campaigns.accept(entry_of(child), by=person),
        lambda: campaigns.accept_class(campaign, room, by=person),
        lambda: campaigns.send_back(entry_of(child), "再核", by=person),
    ):
        with pytest.raises(NotYourHand):
            act()
    assert entry_of(child).state == State.WAITING


def test_the_teacher_does_not_accept(campaign, child, room, teacher):
    campaigns.confirm(entry_of(child), answer(child), by=teacher)
    with pytest.raises(NotYourHand):
        campaigns.accept_class(campaign, room, by=teacher)


# -- the registrar -------------------------------------------------------------


def test_the_registrar_may_answer_for_the_teacher_but_then_another_accepts(campaign, child, room, registrar):
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=registrar)
    with pytest.raises(Refused, match="由您本人确认"):
        campaigns.accept(entry_of(child), by=registrar)
    assert campaigns.accept_class(campaign, room, by=registrar) == campaigns.Outcome(done=0, own=1)
    with pytest.raises(IntegrityError):
        CampaignEntry.objects.update(
            state="accepted", accepted_by=registrar, accepted_on=LEGAL_DAY, confirmed_by=registrar
        )


def test_what_is_sent_back_waits_with_its_reason_and_the_rest_does_not_sweep_it_up(
    campaign, child, room, teacher, registrar
):
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    with pytest.raises(Refused, match="退回原因"):
        campaigns.send_back(entry_of(child), " ", by=registrar)
    campaigns.send_back(entry_of(child), "号码少一位", by=registrar)
    entry = entry_of(child)
    assert (entry.state, entry.returned_for, entry.confirmed_by) == (State.WAITING, "号码少一位", None)
    assert campaigns.confirm_rest(campaign, room, by=teacher).done == 0
    with pytest.raises(Refused, match="待确认"):
        campaigns.send_back(entry, "再退", by=registrar)
    campaigns.confirm(entry, answer(child, phone="13700000000"), by=teacher)
    assert entry_of(child).returned_for == ""
    kept = entry.events.order_by("pgh_id").values_list("state", "confirmed_by", "returned_for")
    assert list(kept) == [
        ("confirmed", teacher.pk, ""),
        ("waiting", None, "号码少一位"),
        ("confirmed", teacher.pk, ""),
    ]


def test_an_accepted_answer_sent_back_leaves_the_record_and_takes_a_new_one(campaign, child, teacher, registrar):
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    campaigns.accept(entry_of(child), by=registrar)
    campaigns.send_back(entry_of(child), "又换了号码", by=registrar)
    child.refresh_from_db()
    assert (child.phone, entry_of(child).changes) == ("13900000000", {})
    campaigns.confirm(entry_of(child), answer(child, phone="13700000000"), by=teacher)
    assert entry_of(child).changes == {"phone": ["13900000000", "13700000000"]}


def test_a_proposal_the_record_has_overtaken_is_not_accepted(campaign, child, room, teacher, registrar):
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    child.phone = "13600000000"
    child.save()
    with pytest.raises(Refused, match="已有变动"):
        campaigns.accept(entry_of(child), by=registrar)
    assert campaigns.accept_class(campaign, room, by=registrar) == campaigns.Outcome(done=0, stale=1)
    child.refresh_from_db()
    assert child.phone == "13600000000"


@pytest.mark.parametrize("changed", [0, 1])
def test_a_whole_class_costs_as_many_questions_as_a_small_one(bureau, clerk, no1, child_at, room, staff, changed):
    teacher, registrar = staff(Role.CLASS_TEACHER, no1, name="李老师"), staff(Role.REGISTRAR, no1)
    teacher.appointments.update(school_class=room)
    child_at(no1, grade=3, name="无变化")

    def asked(number: int, term_day: date) -> tuple[int, int]:
        children = [child_at(no1, grade=3) for _ in range(number)]
        with clock.at(term_day):
            campaign, _ = campaigns.open_campaign(bureau, date(2028, 1, 1), by=clerk)
            for one in children * changed:
                entry = CampaignEntry.objects.get(child=one, campaign=campaign)
                campaigns.confirm(entry, answer(one, phone="13900000000"), by=teacher)
            with CaptureQueriesContext(connection) as rest:
                outcome = campaigns.confirm_rest(campaign, room, by=teacher)
            with CaptureQueriesContext(connection) as taken:
                accepted = campaigns.accept_class(campaign, room, by=registrar)
        assert accepted.done == campaign.entries.count()
        assert outcome.done == campaign.entries.count() - len(children) * changed
        return len(rest), len(taken)

    assert asked(2, LEGAL_DAY) == asked(9, date(2027, 3, 15))


def test_an_act_on_a_class_leaves_the_other_classes_alone(
    bureau, clerk, child, child_at, no1, room, teacher, registrar
):
    other = child_at(no1, grade=4)
    campaign, _ = campaigns.open_campaign(bureau, DUE, by=clerk)
    assert campaigns.confirm_rest(campaign, room, by=teacher).done == 1
    assert entry_of(other).state == State.WAITING
    campaigns.confirm(entry_of(other), answer(other), by=teaching(other, teacher))
    assert campaigns.accept_class(campaign, room, by=registrar).done == 1
    assert (entry_of(child).state, entry_of(other).state) == (State.ACCEPTED, State.CONFIRMED)


def teaching(child, teacher):
    """The same teacher, now of the class in which this child sits."""
    place = child.enrolments.get().placements.get(ends=None).school_class
    teacher.appointments.update(school_class=place)
    return teacher


def test_a_child_who_changed_class_is_on_the_sheet_of_the_class_of_today(campaign, child, room, teacher, no1):
    place = child.enrolments.get().placements.get()
    place.school_class = class_of(no1, 4)
    place.save()
    assert not campaigns.entries_of(campaign, room).exists()
    assert campaigns.entries_of(campaign, class_of(no1, 4)).get().child == child
    with pytest.raises(NotYourHand):
        campaigns.confirm(entry_of(child), answer(child), by=teacher)


# -- who leaves the list -------------------------------------------------------


def test_a_deceased_child_leaves_the_list(campaign, child, room, teacher):
    entry = entry_of(child)
    decided(drafted(Death, child, **DIED))
    assert not campaigns.entries_of(campaign, room).exists()
    with pytest.raises((Refused, NotYourHand)):
        campaigns.confirm(entry, answer(child), by=teacher)


def test_a_moved_child_leaves_the_old_list_and_is_added_to_the_new_one(bureau, clerk, transfer, no1, no2, staff):
    campaign, _ = campaigns.open_campaign(bureau, DUE, by=clerk)
    old = CampaignEntry.objects.get(school=no1)
    walk(transfer)
    assert not CampaignEntry.objects.listed().exists()
    with pytest.raises(Refused, match="已不在本校"):
        campaigns.confirm(old, {}, by=staff(Role.REGISTRAR, no1))
    assert campaigns.open_campaign(bureau, by=clerk)[1] == 1
    assert [entry.school for entry in CampaignEntry.objects.listed()] == [no2]
    assert campaigns.entries_of(campaign, class_of(no2, 3)).count() == 1


# -- pages ---------------------------------------------------------------------


def test_the_story_through_the_pages(client, bureau, clerk, child, child_at, room, teacher, registrar):
    quiet = child_at(child.school, grade=3, name="赵静")
    county, sheet = reverse("students:campaign"), reverse("students:campaign_class", args=[room.pk])
    page = reverse("students:campaign_child", args=[child.slug])
    client.force_login(clerk)
    assert "列入2名学生" in client.post(county, {"due_on": "2026-10-15"}, follow=True).content.decode()
    assert "没有新来的学生" in client.post(county, follow=True).content.decode()

    client.force_login(teacher)
    shown = client.get(county, follow=True).content.decode()
    assert "2026年10月15日" in shown
    assert "曾小禾" in shown
    given = {"act": "confirm", "left_behind": "1", "migrant_child": "0", "phone": "139 0000 0000"}
    assert client.post(page, given | {"phone": "不知道"}).status_code == 422
    client.post(page, given)
    assert entry_of(child).changes == {"left_behind": ["0", "1"], "phone": ["13800000000", "13900000000"]}
    assert "已确认无变化1名" in client.post(sheet, {"act": "rest"}, follow=True).content.decode()
    assert "本次没有改动" in client.post(sheet, {"act": "rest"}, follow=True).content.decode()
    assert client.post(sheet, {"act": "accept"}).status_code == 403

    client.force_login(registrar)
    shown = client.get(sheet).content.decode()
    assert "<del>非留守儿童</del>" in shown
    assert "<ins>单亲留守儿童</ins>" in shown
    assert "已接受2名" in client.post(sheet, {"act": "accept"}, follow=True).content.decode()
    assert entry_of(quiet).state == State.ACCEPTED
    assert "已完成" in client.get(reverse("students:campaign_school", args=[room.school_id])).content.decode()


def test_the_registrar_sends_back_on_the_page_and_the_teacher_reads_why(client, campaign, child, teacher, registrar):
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    page = reverse("students:campaign_child", args=[child.slug])
    client.force_login(registrar)
    client.post(page, {"act": "send_back", "reason": "请家长再核"})
    client.force_login(teacher)
    assert "请家长再核" in client.get(page).content.decode()


def test_another_class_is_out_of_the_teachers_sight(client, campaign, child, teacher, no1):
    client.force_login(teacher)
    other = reverse("students:campaign_class", args=[class_of(no1, 4).pk])
    assert client.get(other).status_code == client.post(other).status_code == 404
    assert client.get(reverse("students:campaign_school", args=[no1.pk])).status_code == 404


def test_whoever_serves_at_two_schools_reads_of_these_two(client, bureau, clerk, child, child_at, no2, no3, registrar):
    for school in (no2, no3):
        child_at(school, grade=5)
    campaigns.open_campaign(bureau, DUE, by=clerk)
    appoint(registrar, Role.REGISTRAR, no2, starts=date(2024, 9, 1), trained_on=date(2024, 8, 20))
    client.force_login(User.objects.get(pk=registrar.pk))
    page = client.get(reverse("students:campaign")).content.decode()
    assert [school.short_name in page for school in (child.school, no2, no3)] == [True, True, False]


def test_without_a_campaign_the_pages_say_so(client, child, room, registrar):
    client.force_login(registrar)
    for name, word in [
        ("campaign_school", room.school_id),
        ("campaign_class", room.pk),
        ("campaign_child", child.slug),
    ]:
        assert "还没有布置" in client.get(reverse(f"students:{name}", args=[word])).content.decode()
    sheet = reverse("students:campaign_class", args=[room.pk])
    assert "还没有布置" in client.post(sheet, {"act": "accept"}, follow=True).content.decode()


def test_the_due_day_is_marked_when_it_has_passed(client, campaign, child, room, registrar):
    client.force_login(registrar)
    with clock.at(date(2026, 10, 16)):
        assert "已过期限" in client.get(reverse("students:campaign_class", args=[room.pk])).content.decode()


@pytest.mark.parametrize(("asked", "names"), [("?state=changed", {"曾小禾"}), ("?q=zj", {"赵静"}), ("?state=x", None)])
def test_the_sheet_is_searched_and_narrowed(client, bureau, clerk, child, child_at, room, teacher, asked, names):
    child_at(child.school, grade=3, name="赵静")
    campaigns.open_campaign(bureau, DUE, by=clerk)
    campaigns.confirm(entry_of(child), answer(child, phone="13900000000"), by=teacher)
    client.force_login(teacher)
    entries = client.get(reverse("students:campaign_class", args=[room.pk]) + asked).context["entries"]
    assert {entry.child.name for entry in entries} == (names or {"曾小禾", "赵静"})
