"""Walking any change of the record along its way, by the right hands."""

from accounts.roles import Role
from approvals.services import perform
from students.changes import start_change
from students.models import Student
from tests.county import hand_for, papers_in_order

SCHOOL_WAY = [
    ("submit", Role.REGISTRAR, "lead"),
    ("vouch", Role.HEADMASTER, "lead"),
    ("propose", Role.BUREAU_CLERK, "bureau"),
    ("approve", Role.BUREAU_CHECKER, "bureau"),
]
SCHOOL_ALONE = [("submit", Role.REGISTRAR, "lead"), ("approve", Role.HEADMASTER, "lead")]
SCHOOL_WAY_TO_LEADER = [
    *SCHOOL_WAY[:3],
    ("pass_on", Role.BUREAU_CHECKER, "bureau"),
    ("approve", Role.BUREAU_LEADER, "bureau"),
]
BUREAU_WAY = [("submit", Role.BUREAU_CLERK, "bureau"), ("approve", Role.BUREAU_CHECKER, "bureau")]
BUREAU_WAY_TO_LEADER = [
    ("submit", Role.BUREAU_CLERK, "bureau"),
    ("pass_on", Role.BUREAU_CHECKER, "bureau"),
    ("approve", Role.BUREAU_LEADER, "bureau"),
]


def way_of(case) -> list[tuple]:
    """The whole way of a kind: action, role, and the side whose school or bureau the person belongs to."""
    by_school, by_leader = "school_check" in case.State.values, "leader" in case.State.values
    if by_school and "bureau" not in case.State.values:
        return SCHOOL_ALONE
    if by_school:
        return SCHOOL_WAY_TO_LEADER if by_leader else SCHOOL_WAY
    return BUREAU_WAY_TO_LEADER if by_leader else BUREAU_WAY


def drafted(kind, child, **given):
    """A draft by the one who opens such cases, with every required paper handed in and checked."""
    opener = Role.REGISTRAR if kind.OPENER.right == "make_change" else Role.BUREAU_CLERK
    school = kind.lead_for(child, given)
    place = school if opener == Role.REGISTRAR else school.bureau
    by = hand_of(opener, place)
    case = start_change(kind, child, by=by, **given)
    papers_in_order(case, by)
    return case


def hand_of(role, place):
    from tests.county import staff_member

    return staff_member(role, place)


def decided(case, *, until=None):
    """Walk a case along its way, up to and including the action `until`; returns it fresh."""
    for action, role, side in way_of(case):
        case = perform(case, action, by=hand_for(case, role, side))
        if action == until:
            break
    return case


def undone(case, opinion="原决定有误"):
    """The bureau leader's further act."""
    return perform(case, "undo", by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion=opinion)


def again(child) -> Student:
    """The child as it stands in the database now."""
    return Student.objects.select_related("school").get(pk=child.pk)


class County:
    """What a specimen may use: three schools, their people, children on request."""

    def __init__(self, bureau, no1, no2, no3, child_at, staff):
        self.bureau, self.no1, self.no2, self.no3 = bureau, no1, no2, no3
        self.child_at, self.staff = child_at, staff


# kind → a function of County that returns a draft of this kind, papers checked, ready to be handed in.
SPECIMENS: dict = {}


def specimen(kind: str):
    """Register a specimen of a kind; every kind of change has one."""

    def registered(make):
        SPECIMENS[kind] = make
        return make

    return registered
