"""第十一条第一款: the paper file goes after the child; what is owed follows from the record, two hands sign."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.appointments import appoint
from accounts.models import User
from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from archives.custody import owed, services
from archives.custody.holdings import holders_of
from archives.models import Handover, Receipt, SchoolCopy
from law import clock
from law.workdays import add
from tests.county import staff_member, walk


@pytest.fixture
def moved(transfer):
    """The child has moved from no1 to no2; its paper file has not."""
    return walk(transfer)


def owed_for(case):
    return owed.owed().get(left_by=case.pk)


def given(case, *, by=None, **more):
    by = by or staff_member(Role.REGISTRAR, case.peer_school)
    words = {"way": "courier", "carrier": "XA123456789CN", "given_on": clock.today()} | more
    return services.give([owed_for(case)], by=by, **words)


def received(slip, *, by=None, **more):
    by = by or staff_member(Role.REGISTRAR, slip.to_school)
    return services.receive(slip, by=by, received_on=clock.today(), receiver="王接收", **more)


# ── what is owed ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_finished_transfer_leaves_the_file_owed_by_the_school_that_was_left(transfer, no1, no2):
    assert not owed.owed().exists(), "nothing is owed while the transfer runs"
    case = walk(transfer)
    row = owed_for(case)
    assert (row.giver, row.to, row.left_on) == (no1.pk, no2.pk, clock.today())
    assert holders_of([case.child.pk])[case.child.pk].school == no1.pk, "the paper is still where it was"


def test_a_transfer_undone_owes_nothing(moved):
    from approvals.services import perform
    from tests.county import hand_for

    perform(moved, "revert", by=hand_for(moved, Role.BUREAU_LEADER, "bureau"), opinion="材料虚假")
    assert not owed.owed().exists()


@pytest.mark.parametrize(("after", "late"), [(-1, False), (0, False), (1, True)])
def test_overdue_from_the_day_after_the_tenth_working_day(moved, after, late):
    due = add(clock.today(), 10).day
    with clock.at(due + timedelta(days=after)):
        assert owed.overdue(owed.owed()).exists() is late
        (row,) = owed.with_due(owed.owed())
        assert row.due.day == due
        assert (row.left < 0) is late or clock.today().weekday() >= 5


# ── giving and receiving ─────────────────────────────────────────────────────────────────────────────────────────────


def test_given_it_is_on_its_way_and_received_it_has_arrived(moved, no2):
    child = moved.child
    slip = given(moved)
    assert not owed.owed().exists() and owed.departures().filter(running=True).exists()
    assert holders_of([child.pk])[child.pk].on_way
    receipt = received(slip)
    assert owed.departures().get().settled
    holder = holders_of([child.pk])[child.pk]
    assert (holder.school, holder.on_way) == (no2.pk, False)
    assert receipt.lines.get().arrived and slip.number.startswith("档2026")


def test_strangers_and_checkers_give_nothing(moved, no1, no2, no3, bureau):
    for who in (
        staff_member(Role.REGISTRAR, no3),
        staff_member(Role.REGISTRAR, no2),
        staff_member(Role.HEADMASTER, no1),
        staff_member(Role.BUREAU_CLERK, bureau),
    ):
        with pytest.raises(NotYourHand):
            given(moved, by=who)
    assert not Handover.objects.exists()


def test_only_the_receiving_school_signs_for_it(moved, no1, no2, no3, bureau):
    slip = given(moved)
    for who in (
        staff_member(Role.REGISTRAR, no1),
        staff_member(Role.REGISTRAR, no3),
        staff_member(Role.HEADMASTER, no2),
        staff_member(Role.BUREAU_CLERK, bureau),
    ):
        with pytest.raises(NotYourHand):
            received(slip, by=who)
    assert received(slip)


def test_the_database_keeps_both_signatures_from_one_person(moved):
    slip = given(moved)
    words = {"received_on": clock.today(), "receiver": "本人"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(handover=slip, received_by=slip.given_by, **words)
    with pytest.raises(IntegrityError), transaction.atomic():
        early = {**words, "received_on": slip.given_on.replace(day=1)}
        Receipt.objects.create(handover=slip, received_by=staff_member(Role.REGISTRAR, slip.to_school), **early)


def test_a_file_goes_once_and_is_received_once(moved):
    slip, row = given(moved), owed.departures().get()
    with pytest.raises(Refused, match="在移交途中"):
        services.give([row], by=slip.given_by, way="hand", carrier="张三", given_on=clock.today())
    with pytest.raises(IntegrityError), transaction.atomic():
        other = services.new_slip(
            from_school=slip.from_school, to_school=slip.to_school, to_name="x", carrier="x",
            given_on=clock.today(), given_by=slip.given_by,
        )  # fmt: skip
        other.entries.create(child_id=row.student_id, enrolment=row)
    received(slip)
    with pytest.raises(Refused, match="已签收"):
        received(slip)
    with pytest.raises(Refused):
        services.cancel(slip, by=slip.given_by, reason="误开")


def test_what_was_not_in_the_parcel_is_owed_again(moved):
    slip = given(moved)
    entry = slip.entries.get()
    with pytest.raises(Refused, match="不符情况"):
        received(slip, missing=[entry.pk])
    received(slip, missing=[entry.pk], discrepancy="只有空袋")
    assert owed_for(moved) and not owed.departures().get().running
    again = given(moved)
    received(again)
    assert not owed.owed().exists()


def test_whoever_serves_at_both_schools_does_not_give_and_receive(moved, no1, no2):
    both = staff_member(Role.REGISTRAR, no1)
    appoint(both, Role.REGISTRAR, no2, starts=date(2024, 9, 1), trained_on=date(2024, 8, 20))
    slip = given(moved, by=both)
    with pytest.raises(NotYourHand, match="另一人"):
        received(slip, by=User.objects.get(pk=both.pk))


def test_a_slip_that_never_left_is_cancelled_with_a_reason(moved, no3):
    slip = given(moved)
    with pytest.raises(NotYourHand):
        services.cancel(slip, by=staff_member(Role.REGISTRAR, no3), reason="误开")
    with pytest.raises(Refused, match="原因"):
        services.cancel(slip, by=slip.given_by, reason=" ")
    services.cancel(slip, by=slip.given_by, reason="误开")
    assert owed_for(moved)


def test_days_that_cannot_be_are_refused(moved):
    for off in (-1, 1):
        with pytest.raises(Refused, match="移交日期"):
            given(moved, given_on=clock.today() + timedelta(days=off))
    slip = given(moved)
    for off in (-1, 1):
        with pytest.raises(Refused, match="签收日期"):
            services.receive(
                slip,
                by=staff_member(Role.REGISTRAR, slip.to_school),
                received_on=clock.today() + timedelta(days=off),
                receiver="王接收",
            )


@pytest.mark.parametrize(
    "table",
    ["handover", "handoverentry", "receipt", "receiptline", "receiptscan", "paperplace", "schoolcopy", "chase",
     "volume", "evidencepack", "packfile", "packpart"],
)  # fmt: skip
def test_nothing_of_it_can_be_altered_or_removed(moved, table):
    received(given(moved))
    for act in (f"UPDATE archives_{table} SET id = id", f"DELETE FROM archives_{table}", f"TRUNCATE archives_{table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)


# ── places, chasing ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_holder_says_where_the_file_lies_and_the_slip_remembers_the_box(moved, no1, no2):
    child = moved.child
    registrar, there = staff_member(Role.REGISTRAR, no1), staff_member(Role.REGISTRAR, no2)
    services.place(child, no1, box="2026-07", shelf="2柜3层", by=registrar)
    with pytest.raises(Refused, match="不由"):
        services.place(child, no2, box="1", shelf="", by=there)
    with pytest.raises(NotYourHand):
        services.place(child, no1, box="1", shelf="", by=there)
    slip = given(moved)
    assert (slip.entries.get().box, slip.entries.get().shelf) == ("2026-07", "2柜3层")
    received(slip)
    assert services.place(child, no2, box="9", shelf="", by=there)
    with pytest.raises(Refused):
        services.place(child, no1, box="1", shelf="", by=registrar)


def test_the_bureau_chases_what_is_overdue_and_nothing_else(moved, no1, no2, bureau):
    clerk = staff_member(Role.BUREAU_CLERK, bureau)
    with pytest.raises(Refused, match="没有逾期"):
        services.chase(no1, by=clerk, words="请尽快移交")
    with clock.at(date(2026, 11, 2)):
        assert services.chase(no1, by=clerk, words="请尽快移交").overdue == 1
        with pytest.raises(NotYourHand):
            services.chase(no1, by=staff_member(Role.REGISTRAR, no1), words="自催")


# ── the copy that stays ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_school_that_is_left_keeps_the_whole_record_as_it_stood(transfer, no1, no2, no3):
    child = transfer.child
    case = walk(transfer)
    copy = SchoolCopy.objects.get(student=child)
    assert (copy.school, copy.case_id, copy.left_how, copy.went_to) == (no1, case.pk, "转出", no2.name)
    kept = copy.content["student"]
    assert (kept["name"], kept["school_id"], kept["status"]) == (child.name, no1.pk, "enrolled")
    assert "wrapped_key" not in kept and len(copy.content["numbers"]) == 2
    assert all("index" not in number for number in copy.content["numbers"])
    assert copy in SchoolCopy.objects.visible_to(staff_member(Role.REGISTRAR, no1))
    for stranger in (no2, no3):
        assert not SchoolCopy.objects.visible_to(staff_member(Role.REGISTRAR, stranger)).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(convert_to(content::text, 'UTF8')), 'hex') = digest FROM archives_schoolcopy"
        )
        assert cursor.fetchall() == [(True,)]


def test_no_copy_is_kept_of_what_was_never_left(transfer, child_at, no1):
    child_at(no1)
    assert not SchoolCopy.objects.exists()
