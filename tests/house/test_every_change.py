"""What holds for every kind decided along a way, asked of a specimen of each: hands, two people, effect, correction."""

import pytest

import tests.all_specimens  # noqa: F401
from accounts.roles import Role
from approvals.errors import NotYourHand
from approvals.services import buttons_for, perform
from students.changes import kinds_of_change
from students.journal import snapshot
from tests.changes import SPECIMENS, County, decided, undone, way_of
from tests.county import hand_for

KINDS = sorted(kinds_of_change())
EVERYBODY = [
    (Role.REGISTRAR, "lead"),
    (Role.HEADMASTER, "lead"),
    (Role.BUREAU_CLERK, "bureau"),
    (Role.BUREAU_CHECKER, "bureau"),
    (Role.BUREAU_LEADER, "bureau"),
    (Role.AUDITOR, "bureau"),
    (Role.DATA_ADMIN, "bureau"),
]
# The leader holds the checker's right too (第三条).
ALSO = {Role.BUREAU_CHECKER: {Role.BUREAU_LEADER}}


@pytest.fixture
def county(bureau, no1, no2, no3, child_at, staff):
    return County(bureau, no1, no2, no3, child_at, staff)


@pytest.fixture
def case(county, request):
    return SPECIMENS[request.param](county)


# The decision says until when; the record itself stays as it is (第二十二条).
LEAVES_THE_RECORD = {"extension", "certificate_proof"}
every_kind = pytest.mark.parametrize("case", KINDS, indirect=True)


def record_of(case):
    return snapshot(list(case.subjects.values_list("child_id", flat=True)))


def test_every_kind_has_a_specimen():
    assert set(KINDS) <= set(SPECIMENS)


@every_kind
def test_only_the_right_hand_signs_each_desk(case, no3, staff):
    for action, role, side in way_of(case):
        strangers = [staff(Role.REGISTRAR, no3), staff(Role.HEADMASTER, no3)]
        wrong = [hand_for(case, r, s) for r, s in EVERYBODY if r != role and r not in ALSO.get(role, ())]
        before = case.steps.count()
        for person in [*strangers, *wrong]:
            with pytest.raises(NotYourHand):
                perform(case, action, by=person)
        assert case.steps.count() == before
        case = perform(case, action, by=hand_for(case, role, side))
    assert case.state == "done"


@every_kind
def test_the_record_changes_with_the_last_signature_and_not_before(case):
    before = record_of(case)
    last = way_of(case)[-1]
    case = decided(case, until=way_of(case)[-2][0])
    assert record_of(case) == before
    perform(case, last[0], by=hand_for(case, last[1], last[2]))
    assert (record_of(case) == before) == (case.kind in LEAVES_THE_RECORD)


@every_kind
def test_a_correction_puts_the_record_back_exactly(case):
    before = record_of(case)
    ended = undone(decided(case))
    assert ended.state == "undone"
    after = record_of(ended)
    assert {key: after[key] for key in before} == before
    assert not [row for key, (_, row) in after.items() if key not in before and is_living(key[0], row)]


def is_living(table, row) -> bool:
    """A row that came to be and was undone stays in the history, but counts for nothing."""
    if table == "enrolment":
        return not row["voided"]
    if table == "placement":
        return row["ends"] != row["starts"]
    return row.get("until", "") is None


@every_kind
def test_withdrawn_and_refused_leave_the_record_alone(case):
    before = record_of(case)
    opener = Role.REGISTRAR if case.OPENER.right == "make_change" else Role.BUREAU_CLERK
    side = "lead" if opener == Role.REGISTRAR else "bureau"
    ended = perform(case, "withdraw", by=hand_for(case, opener, side), opinion="家长不再申请")
    assert (ended.state, record_of(ended)) == ("withdrawn", before)


@every_kind
def test_after_the_decision_nobody_but_the_leader_has_a_button(case):
    case = decided(case)
    for role, side in EVERYBODY:
        names = {button.name for button in buttons_for(case, hand_for(case, role, side))}
        assert names == ({"undo"} if role == Role.BUREAU_LEADER else set())
