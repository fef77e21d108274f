"""Random lives: children of a small county are transferred, suspended, brought back, corrected, in any order.

Every step is one act through the one door by a person chosen by the machine. What the law should say is asked of the
small model; what the database says is compared with it, and every invariant is asked, after each step.
"""

from contextlib import ExitStack
from datetime import date, timedelta

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from accounts.roles import Role
from approvals.errors import Refused
from approvals.kinds import by_kind
from approvals.models import Case, Material, Step
from approvals.services import perform
from law import clock
from schools.seats import NoSeat
from students.changes import start_change
from students.models import Student
from tests import invariants
from tests.changes import hand_of, way_of
from tests.county import LEGAL_DAY, WAY, class_of, hand_for
from transfers.services import start_transfer

from .givens import GIVENS
from .small_model import EFFECTS, ModelChild

LAST_DAY = date(2027, 6, 30)
CHILDREN = 5
whom = st.integers(0, CHILDREN - 1)


class Lives(RuleBasedStateMachine):
    """One example is one small history of the county; everything it wrote is rolled back at its end."""

    county = None

    def __init__(self):
        super().__init__()
        self.undoing = ExitStack()
        self.undoing.enter_context(_rolled_back())
        self.day = LEGAL_DAY
        self.undoing.enter_context(clock.at(self.day))
        self.people = [Student.objects.get(pk=pk) for pk in self.county.children]
        self.model = [ModelChild(school=child.school_id) for child in self.people]
        self.open: dict[int, Case] = {}
        self.signed = Step.objects.count()
        self.sizes = invariants.sizes()

    def teardown(self):
        self.undoing.close()

    # What people do

    @rule(child=whom, kind=st.sampled_from(sorted(EFFECTS)))
    def draft_a_change(self, child, kind):
        """A draft begins exactly when the model says so."""
        person, believed = self.fresh(child), self.model[child]
        lawful = believed.may_begin(kind)
        try:
            case = self.drafted(by_kind()[kind], person)
        except Refused:
            assert not lawful, f"{kind} of {believed} was refused"
        else:
            assert lawful, f"{kind} of {believed} was begun"
            self.opened(child, case)

    @rule(child=whom, there=st.integers(0, 2))
    def draft_a_transfer(self, child, there):
        """A child in school, with nothing open, may ask for another school."""
        person, believed, school = self.fresh(child), self.model[child], self.county.schools[there]
        lawful = believed.status == "enrolled" and not believed.busy and school.pk != believed.school
        registrar = hand_of(Role.REGISTRAR, school)
        given = {"ground": "T4", "grade": 3, "to_class": class_of(school, 3), "exception_reason": "家庭住址变化"}
        try:
            case = start_transfer(person, school, by=registrar, **given)
        except Refused:
            assert not lawful
        else:
            assert lawful
            self.opened(child, case)

    @precondition(lambda self: self.open)
    @rule(pick=st.randoms(use_true_random=False))
    def sign_the_next_desk(self, pick):
        """The right hand signs; at the last desk the record changes."""
        child = pick.choice(sorted(self.open))
        case = self.open[child]
        action, role, side = self.next_desk(case)
        try:
            case = perform(case, action, by=hand_for(case, role, side), opinion="同意")
        except (Refused, NoSeat):
            return
        self.signed += 1
        self.open[child] = case
        if case.closed_on:
            self.decided(child, case)

    @precondition(lambda self: self.open)
    @rule(pick=st.randoms(use_true_random=False), how=st.sampled_from(["withdraw", "refuse", "send_back"]))
    def end_or_send_back(self, pick, how):
        """Withdrawn, refused or sent back: the record stays as it is."""
        child = pick.choice(sorted(self.open))
        case = self.open[child]
        moves = [t for t in case.get_all_state_transitions() if t.name == how and t.source == case.state]
        if not moves:
            return
        role, side = self.hand_behind(case, moves[0].custom["move"])
        try:
            case = perform(case, how, by=hand_for(case, role, side), opinion="材料不齐")
        except Refused:
            return
        self.signed += 1
        self.open[child] = case
        if case.closed_on:
            self.model[child].busy = ""
            del self.open[child]

    @rule(child=whom)
    def correct_a_decision(self, child):
        """The leader takes back the latest decision, and no other."""
        believed = self.model[child]
        decided = [number for number, *_ in believed.past]
        if not decided:
            return
        case = Case.objects.get(number=decided[0]).model.objects.get(number=decided[0])
        move = "undo" if case.kind in EFFECTS else "revert"
        lawful = believed.may_undo(case.number)
        try:
            perform(case, move, by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="原决定有误")
        except Refused:
            assert not lawful, f"{case} could not be corrected"
        else:
            assert lawful, f"{case} was corrected under a later act"
            self.signed += 1
            believed.undo()

    @precondition(lambda self: self.day < LAST_DAY)
    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.day = min(self.day + timedelta(days=days), LAST_DAY)
        self.undoing.enter_context(clock.at(self.day))

    # What must be true

    @invariant()
    def the_record_is_as_the_model_says(self):
        found = self.record_as_it_is()
        believed = {p.pk: (m.status, m.school, m.sits) for p, m in zip(self.people, self.model, strict=True)}
        assert found == believed, (found, believed)

    @invariant()
    def every_invariant_holds(self):
        wrong = invariants.broken()
        assert not wrong, wrong
        now = invariants.sizes()
        assert all(now[table] >= count for table, count in self.sizes.items()), "I10 a row was deleted"
        self.sizes = now

    @invariant()
    def what_was_acknowledged_is_there_once(self):
        assert self.sizes["approvals_step"] == self.signed

    # How

    def record_as_it_is(self) -> dict:
        """child → (status, school, sits in a class), read without the code under test."""
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT s.id, s.status, s.school_id, EXISTS (
                     SELECT 1 FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id
                     WHERE e.student_id = s.id AND p.ends IS NULL AND NOT e.voided)
                   FROM students_student s WHERE s.id = ANY (%s)""",
                [[person.pk for person in self.people]],
            )
            return {pk: tuple(rest) for pk, *rest in cursor.fetchall()}

    def fresh(self, child: int) -> Student:
        return Student.objects.select_related("school__bureau").get(pk=self.people[child].pk)

    def drafted(self, kind, person):
        """A draft whose papers are in order, by its opener."""
        given = GIVENS[kind.kind_code](self, person)
        opener = Role.REGISTRAR if kind.OPENER.right == "make_change" else Role.BUREAU_CLERK
        school = kind.lead_for(person, given)
        return start_change(
            kind, person, by=hand_of(opener, school if opener == Role.REGISTRAR else school.bureau), **given
        )

    def opened(self, child: int, case) -> None:
        Material.objects.filter(case_id=case.pk).update(
            state="checked", checked_by=case.opened_by, checked_on=clock.today()
        )
        self.model[child].busy = case.number
        self.open[child] = case

    def next_desk(self, case) -> tuple:
        """The forward move of the state in which the case lies: (action, role, side)."""
        sources = {t.name: set() for t in case.get_all_state_transitions()}
        for transition in case.get_all_state_transitions():
            sources[transition.name].add(transition.source)
        road = WAY if case.kind == "transfer" else way_of(case)
        forward = next((each for each in road if case.state in sources[each[0]]), None)
        return forward or ("resubmit", Role.REGISTRAR, "lead")

    def hand_behind(self, case, described) -> tuple:
        hand = described.hand or case.desk_of(case.state).hand
        role = ROLE_OF[hand.right]
        return role, "bureau" if hand.right.startswith("bureau") else str(hand.side)

    def decided(self, child: int, case) -> None:
        del self.open[child]
        if case.kind == "transfer":
            self.model[child].moved(case.number, case.lead_school_id)
        else:
            self.model[child].decide(case.number, case.kind)


ROLE_OF = {
    "make_change": Role.REGISTRAR,
    "check_change": Role.HEADMASTER,
    "sign_change": Role.HEADMASTER,
    "bureau_make": Role.BUREAU_CLERK,
    "bureau_check": Role.BUREAU_CHECKER,
    "bureau_sign": Role.BUREAU_LEADER,
}


class _Done(Exception):
    """Leaves the example's transaction without a trace."""


class _rolled_back:
    """A transaction that never commits."""

    def __enter__(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error):
        self.atomic.__exit__(_Done, _Done(), None)
        return False
