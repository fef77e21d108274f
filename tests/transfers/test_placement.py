"""选派学校（第二十条）: a family without a school in mind is placed near its home, and the notice binds the school."""

from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.models import Case
from approvals.services import buttons_for, perform
from law import clock, workdays
from schools.models import Division, School, Seats
from schools.seats import NoSeat
from students import enrolments
from tests.county import LEGAL_DAY, hand_for, make_school, seats_of
from tests.invariants import broken
from tests.transfers.placing import PLACED
from transfers.holds import present_grade
from transfers.models import SchoolPlacement
from transfers.models.placement import next_notice_number
from transfers.placements import keep_placement, overdue, schools_for, start_placement

WAY = [
    ("submit", Role.BUREAU_CLERK),
    ("pass_on", Role.BUREAU_CHECKER),
    ("approve", Role.BUREAU_LEADER),
]


def asked(**given) -> dict:
    return PLACED | {"residence_division": Division.objects.get(code="211322101")} | given


@pytest.fixture
def clerk(staff, bureau):
    return staff(Role.BUREAU_CLERK, bureau)


@pytest.fixture
def draft(clerk, no1):
    return start_placement(no1, by=clerk, **asked())


def signed(case, until="approve"):
    for action, role in WAY:
        case = perform(case, action, by=hand_for(case, role, "bureau"))
        if action == until:
            break
    return case


@pytest.fixture
def issued(draft):
    return signed(draft)


def leave(school, free, grade=3):
    row = seats_of(school, grade)
    Seats.objects.filter(pk=row.pk).update(capacity=row.used + row.reserved + free)


def test_the_leader_signs_a_seat_is_held_and_the_notice_numbered(issued, no1):
    """edge case 14"""
    assert (issued.state, issued.notice_number, issued.closed_on) == ("issued", "建教入字〔2026〕1号", None)
    assert seats_of(no1, 3).reserved == 1
    assert issued.valid_until == issued.due_on == workdays.add(LEGAL_DAY, 10).day
    assert broken() == []


def test_it_lies_on_the_desk_of_the_school_and_the_school_cannot_refuse(issued, no1, no2, staff):
    """edge case 14: the notice binds the school."""
    registrar = staff(Role.REGISTRAR, no1)
    assert {button.name for button in buttons_for(issued, registrar)} == {"place"}
    assert Case.objects.on_desk_of(registrar).open().get().pk == issued.pk
    assert not Case.objects.on_desk_of(staff(Role.REGISTRAR, no2)).open().exists()
    for action in ("withdraw", "give_way"):
        with pytest.raises(NotYourHand):
            perform(issued, action, by=registrar, opinion="没有学位")


def test_before_the_leader_signs_nothing_is_held(draft, no1):
    assert seats_of(no1, 3).reserved == 0
    case = signed(draft, "pass_on")
    assert (case.state, case.notice_number, seats_of(no1, 3).reserved) == ("leader", None, 0)
    with pytest.raises(NotYourHand):
        perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


def test_the_school_places_the_child_and_the_case_holds_no_seat_any_more(issued, no1, staff):
    case = perform(issued, "place", by=staff(Role.REGISTRAR, no1), placed_on=LEGAL_DAY)
    assert (case.state, case.placed_on, seats_of(no1, 3).reserved) == ("done", LEGAL_DAY, 0)
    assert case.closed_on == LEGAL_DAY and broken() == []


AUGUST, SEPTEMBER = date(2027, 8, 20), date(2027, 9, 2)


def reserved_in(school, year):
    """Seats held in the grades of a school's ledger of that year: grade → number."""
    rows = Seats.objects.filter(school=school, year=year, school_class=None, reserved__gt=0)
    return dict(rows.values_list("grade", "reserved"))


def issued_in_august(clerk, school, **given):
    with clock.at(AUGUST):
        return signed(start_placement(school, by=clerk, **asked(**given)))


def test_over_the_first_of_september_it_holds_a_seat_where_the_child_is_now(clerk, no1, staff):
    case = issued_in_august(clerk, no1)
    assert reserved_in(no1, 2026) == {3: 1}
    with clock.at(SEPTEMBER):
        case = perform(case, "place", by=staff(Role.REGISTRAR, no1), placed_on=SEPTEMBER)
        assert (case.grade, present_grade(case)) == (4, 4)
    holds = case.seat_holds.order_by("pk").values_list("seats__year", "seats__grade", "used")
    assert list(holds) == [(2026, 3, False), (2027, 4, False)]
    assert reserved_in(no1, 2026) == reserved_in(no1, 2027) == {} and broken() == []


def test_without_a_seat_in_the_new_grade_the_arrival_is_refused_and_the_old_seat_stays(clerk, no1, staff):
    case = issued_in_august(clerk, no1)
    with clock.at(SEPTEMBER):
        enrolments.open_ledger(no1, 2027, 0)
        with pytest.raises(NoSeat):
            perform(case, "place", by=staff(Role.REGISTRAR, no1), placed_on=SEPTEMBER)
    assert reserved_in(no1, 2026) == {3: 1}


def test_within_the_school_year_the_seat_stays_the_same(issued, no1, staff):
    with clock.at(date(2027, 3, 1)):
        case = perform(issued, "place", by=staff(Role.REGISTRAR, no1), placed_on=date(2027, 3, 1))
    assert case.seat_holds.count() == 1 and case.grade == 3


def test_signed_in_september_what_was_accepted_in_august_is_for_the_next_grade(clerk, no1):
    with clock.at(AUGUST):
        case = signed(start_placement(no1, by=clerk, **asked()), "pass_on")
    with clock.at(SEPTEMBER):
        case = signed_by_leader(case)
    assert (case.grade, reserved_in(no1, 2026), reserved_in(no1, 2027)) == (4, {}, {4: 1})


def test_a_child_that_has_left_primary_school_meanwhile_is_not_placed(clerk, no1, staff):
    case = issued_in_august(clerk, no1, grade=6)
    with clock.at(SEPTEMBER), pytest.raises(Refused, match="第六条第三款"):
        perform(case, "place", by=staff(Role.REGISTRAR, no1), placed_on=SEPTEMBER)


@pytest.mark.parametrize("day", [date(2026, 9, 14), date(2026, 9, 16), None])
def test_the_day_of_arrival_lies_between_the_notice_and_today(issued, no1, staff, day):
    with pytest.raises(Refused):
        perform(issued, "place", by=staff(Role.REGISTRAR, no1), placed_on=day)
    assert seats_of(no1, 3).reserved == 1


def test_the_family_withdraws_and_the_seat_is_free(issued, clerk, no1):
    case = perform(issued, "withdraw", by=clerk, opinion="家长改在县外就读")
    assert (case.state, seats_of(no1, 3).reserved) == ("withdrawn", 0)
    assert broken() == []


def test_numbers_follow_one_another_and_none_is_used_twice(issued, clerk, no1, no2):
    perform(issued, "withdraw", by=clerk, opinion="家长改在县外就读")
    names = ("样例另", "样例丙", "样例丁", "样例戊", "样例己", "样例庚", "样例辛", "样例壬", "样例癸", "样例子")
    later = [signed(start_placement(no2, by=clerk, **asked(child_name=name))) for name in names]
    assert [case.notice_number for case in later] == [f"建教入字〔2026〕{n}号" for n in range(2, 12)]


def test_the_last_seat_is_given_once(clerk, no1):
    leave(no1, 1)
    first, second = (start_placement(no1, by=clerk, **asked(child_name=name)) for name in ("样例甲", "样例乙"))
    second = signed(second, "pass_on")
    signed(first)
    with pytest.raises((RulesBroken, NoSeat)):
        signed_by_leader(second)
    assert seats_of(no1, 3).reserved == 1 and broken() == []


def signed_by_leader(case):
    return perform(case, "approve", by=hand_for(case, Role.BUREAU_LEADER, "bureau"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"grade": 7}, {"school_teaches_the_grade", "school_has_a_seat"}),
        ({"residence_division": "150429"}, {"family_lives_here"}),
    ],
)
def test_no_draft_against_the_rules(clerk, no1, given, code):
    if "residence_division" in given:
        given = {"residence_division": Division(code=given["residence_division"])}
    with pytest.raises(RulesBroken) as refusal:
        start_placement(no1, by=clerk, **asked(**given))
    assert {finding.rule.code for finding in refusal.value.verdict.broken} == code


def test_a_full_school_is_not_proposed(clerk, no1):
    leave(no1, 0)
    with pytest.raises(RulesBroken) as refusal:
        start_placement(no1, by=clerk, **asked())
    assert {finding.rule.code for finding in refusal.value.verdict.broken} == {"school_has_a_seat"}


def test_only_the_clerk_of_the_bureau_begins(no1, staff):
    with pytest.raises(NotYourHand):
        start_placement(no1, by=staff(Role.REGISTRAR, no1), **asked())


def test_sent_back_another_school_is_chosen(draft, clerk, no1, no2):
    case = signed(draft, "submit")
    case = perform(case, "send_back", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"), opinion="改派就近学校")
    case = keep_placement(case, no2, by=clerk, **asked())
    assert case.lead_school == no2
    signed(case)
    assert (seats_of(no1, 3).reserved, seats_of(no2, 3).reserved) == (0, 1)


def test_the_nearest_school_with_a_seat_comes_first(bureau, no1, no2, no3):
    """no1 lies in the family's township; full schools come after those with a seat."""
    make_school(bureau, 9, "样例初中", School.Kind.JUNIOR)
    make_school(bureau, 51, "特殊教育学校", School.Kind.SPECIAL)
    leave(no2, 0)
    found = schools_for(bureau, 3, Division.objects.get(code="211322101"), LEGAL_DAY)
    assert [(c.school, c.near, c.free) for c in found] == [(no1, True, 55), (no3, False, 55), (no2, False, 0)]


def test_the_schools_are_found_in_constant_queries(bureau, no1, django_assert_num_queries):
    lives_in = Division.objects.get(code="211322101")
    for number in range(60, 66):
        make_school(bureau, number, f"样例{number}小学")
    with django_assert_num_queries(4):
        schools_for(bureau, 3, lives_in, LEGAL_DAY)


def test_who_is_not_placed_in_time_is_listed(issued, clerk, no1, staff):
    last = issued.valid_until
    with clock.at(last):
        assert list(overdue(clerk)) == []
    with clock.at(date.fromordinal(last.toordinal() + 1)):
        assert [case.pk for case in overdue(clerk)] == [issued.pk]
        perform(issued, "place", by=staff(Role.REGISTRAR, no1), placed_on=LEGAL_DAY)
        assert list(overdue(clerk)) == []


def test_the_list_of_the_late_is_turned_page_by_page(client, clerk, bureau, no1, no2, staff, monkeypatch):
    """The longest overdue first; the school chosen and the words stay in the address."""
    monkeypatch.setattr("transfers.placement_views.PAGE", 1)
    late = [signed(start_placement(no1, by=clerk, **asked(child_name=name))) for name in ("样例甲", "样例乙")]
    other = signed(start_placement(no2, by=clerk, **asked(child_name="样例丙")))
    client.force_login(clerk)
    with clock.at(date(2026, 11, 2)):
        first = client.get(reverse("placements:overdue"), {"school": no1.pk})
        second = client.get(reverse("placements:overdue"), {"school": no1.pk, "after": first.context["page"].next})
        back = client.get(reverse("placements:overdue"), {"school": no1.pk, "before": second.context["page"].previous})
        found = client.get(reverse("placements:overdue"), {"q": other.notice_number})
    seen = [[case.number for case in answer.context["cases"]] for answer in (first, second, back)]
    assert seen == [[late[0].number], [late[1].number], [late[0].number]]
    assert (first.context["count"], second.context["page"].next) == (2, "")
    assert [case.pk for case in found.context["cases"]] == [other.pk]


def test_the_clerk_finds_a_school_and_begins_on_the_page(client, clerk, no1, no2):
    client.force_login(clerk)
    typed = asked() | {"residence_division": "211322101", "birth_date": "2018-03-02"}
    page = client.post(reverse("placements:new"), typed)
    assert page.status_code == 200 and "就近" in page.content.decode()
    begun = client.post(reverse("placements:new"), typed | {"school": no1.pk})
    case = SchoolPlacement.objects.get()
    assert (begun.status_code, begun.url, case.lead_school) == (302, case.get_absolute_url(), no1)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "样例外" in page and reverse("placements:draft", args=[case.number]) in page
    client.post(reverse("placements:draft", args=[case.number]), typed | {"school": no2.pk})
    case.refresh_from_db()
    assert case.lead_school == no2


def test_the_page_says_why_a_full_school_is_not_chosen(client, clerk, no1):
    leave(no1, 0)
    client.force_login(clerk)
    typed = asked() | {"residence_division": "211322101", "birth_date": "2018-03-02", "school": no1.pk}
    page = client.post(reverse("placements:new"), typed)
    assert page.status_code == 422 and "没有空余学位" in page.content.decode()


def test_from_the_notice_the_school_begins_the_transfer(issued, no1, client, staff):
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(issued.get_absolute_url()).content.decode()
    assert f"placement={issued.number}" in page
    form = client.get(f"{reverse('transfers:new_outside')}?school={no1.pk}&placement={issued.number}")
    assert "样例外" in form.content.decode() and "宁城县实验小学" in form.content.decode()


def test_another_school_learns_nothing_from_the_number(issued, no2, client, staff):
    client.force_login(staff(Role.REGISTRAR, no2))
    form = client.get(f"{reverse('transfers:new_outside')}?school={no2.pk}&placement={issued.number}")
    assert "样例外" not in form.content.decode()


def test_a_notice_of_before_is_renumbered_and_back(issued):
    """A series of its own goes on where the former one stood."""
    rows = SchoolPlacement.objects.filter(pk=issued.pk)
    renumbering = import_module("transfers.migrations.0040_notice_word")
    rows.update(notice_number="通2026000012")
    with connection.cursor() as cursor:
        cursor.execute(renumbering.RENUMBER)
        assert rows.get().notice_number == "建教入字〔2026〕12号" and next_notice_number(2026) == "建教入字〔2026〕13号"
        cursor.execute(renumbering.BACK)
    assert rows.get().notice_number == "通2026000012"
