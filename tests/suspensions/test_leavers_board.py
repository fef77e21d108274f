"""第三十一条: every leaver has exactly one destination, each blank an owner; both schools sign when there is none."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken, TooLate
from approvals.services import perform
from law import clock
from schools.models import SchoolClass, Seats
from students.models import Student
from suspensions.leavers_board.board import Where, blanks, board, tally
from suspensions.leavers_board.inquiry import record_inquiry
from suspensions.leavers_board.services import suspect_blanks
from suspensions.models import Dropout, LeaverInquiry, Pairing, PairingRow
from tests.changes import decided, undone
from tests.county import class_of, hand_for, make_school
from tests.leavers import cohort_of_leavers, leaver_maker
from tests.students.specimens_intake import drafted_intake, junior_school
from tests.suspensions.dropout_specimens import TOLD, visit
from tests.suspensions.pairs import OUTSIDE, VISITED, WAY, drafted_sheet, inquired, signed

STATUSES = [
    ("deceased", Where.DECEASED),
    ("left", Where.LEFT),
    ("abroad", Where.ABROAD),
    ("in_custody", Where.CUSTODY),
    ("suspended", Where.SUSPENDED),
    ("dropped_out", Where.DROPPED),
    ("moved_away", Where.OUTSIDE),
    ("leaver", Where.BLANK),
]


@pytest.fixture
def leaver(child_at):
    return leaver_maker(child_at)


@pytest.fixture
def junior(bureau):
    return junior_school(bureau)


def row(child):
    (found,) = board(2026, child=child.pk)
    return found


# ── one destination ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("status", "where"), STATUSES)
def test_the_record_says_where_a_leaver_is(leaver, junior, no1, status, where):
    assert row(leaver(no1, status=status)).where == where


def test_taken_over_a_leaver_is_at_the_junior_school_in_its_class(leaver, junior, no1):
    child = leaver(no1)
    assert row(child).owner == "小学：调查去向"
    case = drafted_intake(junior, [child])
    assert (row(child).where, row(child).owner) == (Where.BLANK, f"初中：建籍（{case.number}在办）")
    case = decided(case)
    found = row(child)
    assert (found.where, found.words, found.pair) == (Where.JUNIOR, "县内初中 七年级1班", junior.pk)
    undone(case)
    assert row(child).is_blank


def test_taught_at_home_is_told_from_a_class(leaver, junior, no1):
    child = leaver(no1)
    decided(drafted_intake(junior, [child]))
    SchoolClass.objects.filter(pk=class_of(junior, 7).pk).update(kind=SchoolClass.Kind.HOME_TEACHING)
    assert row(child).where == Where.HOME


def test_a_proven_finding_settles_what_the_record_cannot_know(leaver, junior, no1):
    child = leaver(no1)
    inquired(child, no1, **OUTSIDE)
    found = row(child)
    assert found.where == Where.OUTSIDE
    assert found.words == "县外就读 宁城县第三中学（凭据：全国系统学籍截图）"


@pytest.mark.parametrize("outcome", ["coming", "unwilling", "unknown"])
def test_any_other_finding_leaves_the_blank_and_hands_it_to_the_junior_school(leaver, junior, no1, outcome):
    child = leaver(no1)
    inquired(child, no1, outcome)
    assert (row(child).where, row(child).owner) == (Where.BLANK, "初中：劝返、建籍")


def test_the_last_finding_counts(leaver, junior, no1):
    child = leaver(no1)
    inquired(child, no1, **OUTSIDE)
    inquired(child, junior, "unwilling")
    assert row(child).is_blank and row(child).inquiries == 2


def test_the_record_goes_before_a_finding(leaver, junior, no1):
    child = leaver(no1)
    inquired(child, no1, **OUTSIDE)
    decided(drafted_intake(junior, [child]))
    assert row(child).where == Where.JUNIOR


def test_without_a_junior_school_the_bureau_has_to_name_one(leaver, no2):
    child = leaver(no2)
    inquired(child, no2)
    assert (row(child).pair, row(child).owner) == (None, "教育局：确定初中")


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("missing", ["place", "proof", "division"])
def test_a_child_is_outside_only_with_school_place_and_proof(leaver, junior, no1, missing):
    child = leaver(no1)
    with pytest.raises(Refused, match="第三十一条"):
        inquired(child, no1, **OUTSIDE | {missing: ""})
    assert not LeaverInquiry.objects.exists() and not child.visits.exists()


def test_a_school_of_the_county_is_no_finding(leaver, junior, no1):
    with pytest.raises(Refused, match="七年级招生入学"):
        inquired(leaver(no1), no1, **OUTSIDE | {"division": "211322"})


def test_an_inquiry_is_for_ever_and_counts_as_outreach(leaver, junior, no1):
    child = leaver(no1)
    kept = inquired(child, no1)
    assert child.visits.get() == kept.visit
    for act in (lambda: LeaverInquiry.objects.update(outcome="outside"), lambda: kept.delete()):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            act()


def test_the_database_asks_for_proof_too(leaver, junior, no1, staff):
    made = visit(leaver(no1))
    with pytest.raises(IntegrityError, match="inquiry_proven"), transaction.atomic():
        LeaverInquiry.objects.create(visit=made, year=2026, school=no1, outcome="outside", place="", division="150429")


@pytest.mark.parametrize("ahead", [1])
def test_nobody_has_visited_tomorrow(leaver, junior, no1, ahead):
    with pytest.raises(Refused, match="不能晚于今日"):
        inquired(leaver(no1), no1, on=date(2026, 9, 15 + ahead))


def test_a_stranger_records_nothing(leaver, junior, no1, no3, staff):
    child = leaver(no1)
    for person in (staff(Role.REGISTRAR, no3), staff(Role.HEADMASTER, no1)):
        with pytest.raises(NotYourHand):
            record_inquiry(
                child, by=person, school=no1, year=2026, visit=VISITED | {"on": clock.today()}, outcome="unknown"
            )


# ── suspected dropouts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_blank_becomes_a_suspected_dropout_once_somebody_has_looked(leaver, junior, no1, staff):
    child, by = leaver(no1), staff(Role.REGISTRAR, no1)
    with pytest.raises(Refused, match="还没有调查去向：样例甲"):
        suspect_blanks(no1, junior, by=by)
    inquired(child, no1)
    (case,) = suspect_blanks(no1, junior, by=by)
    assert (case.state, case.first_absent_on, case.why) == ("draft", date(2026, 9, 1), "away")
    assert (row(child).where, row(child).dropout) == (Where.SUSPECTED, case.number)
    with pytest.raises(Refused, match="没有去向空白"):
        suspect_blanks(no1, junior, by=by)


@pytest.mark.parametrize("person", ["junior", "stranger", "checker"])
def test_only_the_school_of_the_record_suspects(leaver, junior, no1, no3, staff, person):
    inquired(leaver(no1), no1)
    by = {
        "junior": staff(Role.REGISTRAR, junior),
        "stranger": staff(Role.REGISTRAR, no3),
        "checker": staff(Role.HEADMASTER, no1),
    }[person]
    with pytest.raises(NotYourHand):
        suspect_blanks(no1, junior, by=by)


def test_suspected_at_once_decided_only_after_the_days(leaver, junior, no1, staff):
    child, by = leaver(no1), staff(Role.REGISTRAR, no1)
    inquired(child, no1)
    (case,) = suspect_blanks(no1, junior, by=by)
    for number in (2, 3):
        visit(child, on=date(2026, 9, 15 - number))
    Dropout.objects.filter(pk=case.pk).update(**TOLD)
    from tests.county import papers_in_order

    papers_in_order(case, by)
    with pytest.raises(RulesBroken, match="未满28天.*第三十一条"):
        perform(case, "submit", by=by)
    with clock.at(date(2026, 10, 12)):
        done = decided(Dropout.objects.get(pk=case.pk))
        assert done.state == "done" and row(child).where == Where.DROPPED
        assert done.kept_until == date(2029, 8, 31)


def test_while_intake_is_under_way_nobody_is_suspected(leaver, junior, no1, staff):
    child = leaver(no1)
    inquired(child, no1)
    drafted_intake(junior, [child])
    with pytest.raises(Refused, match="初中正在建籍：样例甲"):
        suspect_blanks(no1, junior, by=staff(Role.REGISTRAR, no1))


# ── the sheet ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_both_schools_sign_when_nobody_is_lost(leaver, junior, no1):
    first, second = leaver(no1), leaver(no1, name="样例乙")
    decided(drafted_intake(junior, [first]))
    sheet = drafted_sheet(no1, junior)
    with pytest.raises(RulesBroken, match="去向空白：样例乙（第三十一条）"):
        signed(sheet)
    inquired(second, no1, **OUTSIDE)
    done = signed(sheet)
    assert done.state == "done"
    lines = dict(PairingRow.objects.values_list("child__name", "words"))
    assert lines == {"样例甲": "县内初中 七年级1班", "样例乙": "县外就读 宁城县第三中学（凭据：全国系统学籍截图）"}


def test_a_suspected_dropout_is_no_blank(leaver, junior, no1, staff):
    inquired(leaver(no1), no1)
    suspect_blanks(no1, junior, by=staff(Role.REGISTRAR, no1))
    assert signed(drafted_sheet(no1, junior)).state == "done"


def test_only_the_right_hand_signs_each_desk(leaver, junior, no1, no3, staff, bureau):
    inquired(leaver(no1), no1, **OUTSIDE)
    case = drafted_sheet(no1, junior)
    people = [(role, side) for role in (Role.REGISTRAR, Role.HEADMASTER) for side in ("lead", "peer")]
    for action, role, side in WAY:
        wrong = [hand_for(case, *each) for each in people if each != (role, side)]
        for person in [*wrong, staff(Role.HEADMASTER, no3), staff(Role.BUREAU_CHECKER, bureau)]:
            with pytest.raises(NotYourHand):
                perform(case, action, by=person)
        case = perform(case, action, by=hand_for(case, role, side))
    assert case.state == "done"


def test_what_moved_after_the_primary_school_submitted_is_not_signed(leaver, junior, no1):
    child = leaver(no1)
    inquired(child, no1, **OUTSIDE)
    case = signed(drafted_sheet(no1, junior), until="vouch")
    decided(drafted_intake(junior, [child]))
    with pytest.raises(RulesBroken, match="小学提交之后去向有变动：样例甲"):
        perform(case, "confirm", by=hand_for(case, Role.REGISTRAR, "peer"))
    case = perform(case, "send_back", by=hand_for(case, Role.REGISTRAR, "peer"), opinion="已接收")
    done = signed(case)
    assert done.submitted().get().words == "县内初中 七年级1班"
    assert done.rows.count() == 2


def test_a_pair_has_one_sheet_a_year(leaver, junior, no1, staff):
    inquired(leaver(no1), no1, **OUTSIDE)
    case = drafted_sheet(no1, junior)
    with pytest.raises(Refused, match=case.number):
        drafted_sheet(no1, junior)
    perform(case, "withdraw", by=hand_for(case, Role.REGISTRAR, "lead"), opinion="重做")
    second = signed(drafted_sheet(no1, junior))
    with pytest.raises(IntegrityError, match="one_sheet_of_a_pair"), transaction.atomic():
        Pairing.objects.filter(pk=case.pk).update(ended=False)
    perform(second, "reopen", by=hand_for(second, Role.BUREAU_LEADER, "bureau"), opinion="漏一人")
    assert drafted_sheet(no1, junior).state == "draft"


def test_no_sheet_is_begun_for_a_pair_without_leavers(junior, no1):
    with pytest.raises(RulesBroken, match="没有毕业生"):
        drafted_sheet(no1, junior)
    assert not Pairing.objects.exists()


def test_nobody_signs_for_a_pair_that_has_become_empty(leaver, junior, no1):
    child = leaver(no1)
    inquired(child, no1, **OUTSIDE)
    case = drafted_sheet(no1, junior)
    Student.objects.filter(pk=child.pk).update(status=Student.Status.DELETED)
    with pytest.raises(RulesBroken, match="没有毕业生"):
        signed(case)


def test_a_signed_sheet_is_not_signed_again(leaver, junior, no1):
    inquired(leaver(no1), no1, **OUTSIDE)
    done = signed(drafted_sheet(no1, junior))
    with pytest.raises(TooLate):
        perform(done, "countersign", by=hand_for(done, Role.HEADMASTER, "peer"))


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def text(answer) -> str:
    return answer.content.decode()


def test_both_schools_see_their_pair_and_strangers_do_not(leaver, junior, no1, no2, no3, client, staff):
    child = leaver(no1, name="样例空")
    page, single = reverse("board:pair", args=[no1.pk, junior.pk]), reverse("board:child", args=[child.slug])
    for school in (no1, junior):
        client.force_login(staff(Role.REGISTRAR, school))
        assert "样例空" in text(client.get(page)) and "样例空" in text(client.get(reverse("board:county")))
        assert client.get(single).status_code == 200
    client.force_login(staff(Role.REGISTRAR, no3))
    assert (client.get(page).status_code, client.get(single).status_code) == (404, 404)
    assert "样例空" not in text(client.get(reverse("board:county")))
    assert client.post(reverse("board:suspect", args=[no1.pk, junior.pk])).status_code == 404


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 9, 29), "还剩1天"), (date(2026, 9, 30), "还剩0天"), (date(2026, 10, 1), "已截止，超期1天")],
)
def test_the_end_of_september(leaver, junior, no1, client, staff, day, words):
    leaver(no1)
    client.force_login(staff(Role.REGISTRAR, no1))
    with clock.at(day):
        assert words in text(client.get(reverse("board:county")))


def test_an_inquiry_by_the_page(leaver, junior, no1, client, staff):
    child = leaver(no1)
    client.force_login(staff(Role.REGISTRAR, no1))
    page = reverse("board:child", args=[child.slug])
    answer = client.post(page, VISITED | {"on": "2026-09-15"} | OUTSIDE | {"proof": ""})
    assert answer.status_code == 422 and "须写明凭据" in text(answer) and "宁城县第三中学" in text(answer)
    assert client.post(page, VISITED | {"on": "2026-09-15"} | OUTSIDE).status_code == 302
    assert row(child).where == Where.OUTSIDE
    client.force_login(staff(Role.HEADMASTER, no1))
    assert client.post(page, VISITED).status_code == 403


def test_sheet_and_suspicion_by_the_page(leaver, junior, no1, client, staff):
    child = leaver(no1)
    client.force_login(staff(Role.REGISTRAR, no1))
    refused = client.post(reverse("board:suspect", args=[no1.pk, junior.pk]))
    assert refused.status_code == 422 and "还没有调查去向" in text(refused)
    inquired(child, no1)
    assert client.post(reverse("board:suspect", args=[no1.pk, junior.pk])).status_code == 302
    answer = client.post(reverse("board:sheet", args=[no1.pk, junior.pk]))
    case = Pairing.objects.get()
    assert answer.url == case.get_absolute_url()
    assert "待小学提交" in text(client.get(answer.url))
    client.force_login(staff(Role.REGISTRAR, junior))
    assert client.post(reverse("board:sheet", args=[no1.pk, junior.pk])).status_code == 422


# ── nobody missed, nobody invented ───────────────────────────────────────────────────────────────────────────────────


def lost_in(bureau, count: int, lost: int) -> tuple[set[int], set[int]]:
    """A cohort dealt over primary schools and every kind of destination, some children lost: planted, found."""
    townships = ["211322101", "211322103", "211322106"]
    primaries = [make_school(bureau, 200 + n, f"村小{n}", division=townships[n % 3]) for n in range(6)]
    juniors = [junior_school(bureau, 300 + n, f"乡中{n}", division=each) for n, each in enumerate(townships)]
    children = cohort_of_leavers(primaries, count)
    # Spread over the whole cohort, so that every school and every place in the list may lose a child.
    planted = {children[n * count // lost].pk for n in range(lost)}
    others = [child for child in children if child.pk not in planted]
    settle(others, juniors)
    return planted, {found.child for found in blanks(2026)}


def settle(children, juniors) -> None:
    """All of them somewhere: most at a junior school, the others by every other road the board knows."""
    roads = [status for status, _ in STATUSES if status != "leaver"]
    for n, status in enumerate(roads):
        Student.objects.filter(pk__in=[c.pk for c in children[n::40]]).update(status=status)
    outside = children[len(roads) :: 40]
    for child in outside[:5]:
        inquired(child, child.school, **OUTSIDE)
    gone = {c.pk for n in range(len(roads)) for c in children[n::40]} | {c.pk for c in outside[:5]}
    seated = [child for child in children if child.pk not in gone]
    junior_of = {junior.division_id: junior for junior in juniors}
    for junior in juniors:
        Seats.objects.filter(school=junior).update(capacity=5000)
    for division, junior in junior_of.items():
        group = [child for child in seated if child.school.division_id == division]
        decided(drafted_intake(junior, group))


def test_the_board_lists_the_lost_children_exactly(bureau):
    planted, found = lost_in(bureau, 400, 7)
    assert (len(planted), found) == (7, planted)
    rows = board(2026)
    assert len(rows) == len({row.child for row in rows}) == 400
    assert sum(counts.total() for counts in tally(rows).values()) == 400
    assert {row.where for row in rows} == set(Where) - {Where.HOME, Where.SUSPECTED, Where.DEFERRED}


@pytest.mark.nightly
def test_the_board_lists_the_lost_children_exactly_in_a_whole_county(bureau, capsys):
    planted, found = lost_in(bureau, 4000, 37)
    with capsys.disabled(), CaptureQueriesContext(connection) as asked:
        rows = board(2026)
        print(f"\nleavers {len(rows)}, planted {len(planted)}, blanks {len(found)}, statements {len(asked)}")
        print(f"missed {len(planted - found)}, invented {len(found - planted)}, {asked.captured_queries[0]['time']} s")
    assert (len(planted), found, len(rows)) == (37, planted, 4000)


def test_the_board_is_one_statement(bureau):
    cohort_of_leavers([make_school(bureau, 200, "村小")], 30)
    with CaptureQueriesContext(connection) as asked:
        assert len(board(2026)) == 30
    assert len(asked) == 1
