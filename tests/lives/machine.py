"""Random lives: children of a small county are transferred, suspended, brought back, corrected, in any order.

Every step is one act through the one door by a person chosen by the machine. What the law should say is asked of the
small model; what the database says is compared with it, and every invariant is asked, after each step.
"""

from collections import Counter
from contextlib import ExitStack
from datetime import date, timedelta

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from .small_model import EFFECTS, PRECEDES, ModelChild, Record

LAST_DAY = date(2027, 6, 30)
CHILDREN = 3
BUSY = 3
whom = st.integers(0, CHILDREN - 1)
# What a child may have lived through before the first act of a random life.
BEFORE = ("", "", "suspension", "suspension", "abroad", "custody", "dropout", "dropout")
# Changes after which little else can happen: rare, so that lives are long.
FINAL = {"death", "incapacity", "outward"}
chance = st.randoms(use_true_random=False)


class Lives(RuleBasedStateMachine):
    """One example is one small history of the county; everything it wrote is rolled back at its end."""

    county = None
    # What has happened at least once, so that a run which never got anywhere is seen.
    seen: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.undoing = ExitStack()
        self.undoing.enter_context(_rolled_back())
        self.day = LEGAL_DAY
        self.undoing.enter_context(clock.at(self.day))
        self.people = [Student.objects.get(pk=pk) for pk in self.county.children]
        self.model = [ModelChild(Record(school=child.school_id)) for child in self.people]
        # Open cases by number: whose, and the case as last seen.
        self.open: dict[str, tuple[int, Case]] = {}
        self.signed = Step.objects.count()
        self.sizes = invariants.sizes()

    def teardown(self):
        self.undoing.close()

    @initialize(before=st.lists(st.sampled_from(BEFORE), min_size=CHILDREN, max_size=CHILDREN))
    def lives_so_far(self, before):
        """Some children come with a past, so that what can only follow it is reached."""
        for child, kind in enumerate(before):
            if kind:
                self.draft(child, kind)
                number = self.model[child].busy
                while number in self.open:
                    self.sign(number)

    # What people do

    @precondition(lambda self: len(self.open) < BUSY)
    @rule(child=whom, pick=chance)
    def draft_what_is_lawful(self, child, pick):
        """One of the changes that may begin now does begin."""
        kinds = [kind for kind in sorted(EFFECTS) if self.model[child].may_begin(kind)]
        lasting = [kind for kind in kinds if kind not in FINAL]
        if kinds:
            self.draft(child, pick.choice(lasting if lasting and pick.random() < 0.9 else kinds))

    @rule(child=whom, kind=st.sampled_from(sorted(EFFECTS)))
    def draft_anything(self, child, kind):
        """A draft begins exactly when the model says so."""
        if len(self.open) < BUSY or not self.model[child].may_begin(kind):
            self.draft(child, kind)

    @precondition(lambda self: len(self.open) < BUSY)
    @rule(child=whom, there=st.integers(0, 2))
    def draft_a_transfer(self, child, there):
        """A child in school, with nothing open, may ask for another school."""
        person, believed, school = self.fresh(child), self.model[child], self.county.schools[there]
        now = believed.record
        lawful = now.status in ("enrolled", "abroad") and not believed.busy and school.pk != now.school
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
    @rule(pick=chance)
    def sign_somewhere(self, pick):
        """The right hand signs on any case."""
        self.sign(pick.choice(sorted(self.open)))

    @precondition(lambda self: self.open)
    @rule()
    def sign_the_oldest(self):
        """The longest open case goes on, so that lives get somewhere."""
        self.sign(min(self.open, key=lambda number: self.open[number][1].pk))

    @precondition(lambda self: self.open)
    @rule()
    def sign_the_newest(self):
        """What came last overtakes what lies."""
        self.sign(max(self.open, key=lambda number: self.open[number][1].pk))

    def sign(self, number: str) -> None:
        """The next desk of a case signs; at the last one the record changes."""
        child, case = self.open[number]
        action, role, side = self.next_desk(case)
        try:
            case = perform(case, action, by=hand_for(case, role, side), opinion="同意")
        except (Refused, NoSeat):
            self.seen[f"{case.kind} stuck at {action}"] += 1
            return self.end(number, "withdraw")
        self.signed += 1
        self.seen["signed"] += 1
        self.open[case.number] = (child, case)
        if case.closed_on:
            self.decided(child, case)

    @precondition(lambda self: self.open)
    @rule(pick=chance, how=st.sampled_from(["withdraw", "refuse", "send_back"]))
    def end_or_send_back(self, pick, how):
        """Withdrawn, refused or sent back: the record stays as it is."""
        self.end(pick.choice(sorted(self.open)), how)

    @rule(child=whom, pick=chance)
    def correct_a_decision(self, child, pick):
        """The leader takes back the latest decision, and no other."""
        believed = self.model[child]
        if not believed.past:
            return
        number = pick.choice([number for number, _ in believed.past])
        case = Case.objects.get(number=number).model.objects.get(number=number)
        move = "undo" if case.kind in EFFECTS else "revert"
        lawful = believed.may_undo(case.number)
        try:
            perform(case, move, by=hand_for(case, Role.BUREAU_LEADER, "bureau"), opinion="原决定有误")
        except Refused:
            assert not lawful, f"{case} could not be corrected"
        else:
            assert lawful, f"{case} was corrected under a later act"
            self.signed += 1
            self.seen[f"{move} of a decision"] += 1
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
        records = [each.record for each in self.model]
        believed = {p.pk: (r.status, r.school, r.sits) for p, r in zip(self.people, records, strict=True)}
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

    def draft(self, child: int, kind: str) -> None:
        """A draft begins exactly when the model says so."""
        person, lawful = self.fresh(child), self.model[child].may_begin(kind)
        try:
            case = self.drafted(by_kind()[kind], person)
        except Refused:
            assert not lawful, f"{kind} of {self.model[child]} was refused"
        else:
            assert lawful, f"{kind} of {self.model[child]} was begun"
            self.opened(child, case)

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
        given = GIVENS[kind.kind_code](self.day, person)
        opener = Role.REGISTRAR if kind.OPENER.right == "make_change" else Role.BUREAU_CLERK
        school = kind.lead_for(person, given)
        return start_change(
            kind, person, by=hand_of(opener, school if opener == Role.REGISTRAR else school.bureau), **given
        )

    def end(self, number: str, how: str) -> None:
        """Withdraw, refuse or send back, where the state of the case knows such a move."""
        child, case = self.open[number]
        moves = [t for t in case.get_all_state_transitions() if t.name == how and t.source == case.state]
        if not moves:
            return
        role, side = self.hand_behind(case, moves[0].custom["move"])
        try:
            case = perform(case, how, by=hand_for(case, role, side), opinion="材料不齐")
        except Refused:
            return
        self.signed += 1
        self.open[number] = (child, case)
        if case.closed_on:
            self.model[child].ended(number)
            del self.open[number]

    def opened(self, child: int, case) -> None:
        Material.objects.filter(case_id=case.pk).update(
            state="checked", checked_by=case.opened_by, checked_on=clock.today()
        )
        self.model[child].began(case.number, case.kind)
        self.open[case.number] = (child, case)

    def next_desk(self, case) -> tuple:
        """The forward move of the state in which the case lies: (action, role, side)."""
        sources = {t.name: set() for t in case.get_all_state_transitions()}
        for transition in case.get_all_state_transitions():
            sources[transition.name].add(transition.source)
        road = WAY if case.kind == "transfer" else way_of(case)
        forward = next((each for each in road if case.state in sources.get(each[0], ())), None)
        return forward or ("resubmit", Role.REGISTRAR, "lead")

    def hand_behind(self, case, described) -> tuple:
        hand = described.hand or case.desk_of(case.state).hand
        role = ROLE_OF[hand.right]
        return role, "bureau" if hand.right.startswith("bureau") else str(hand.side)

    def decided(self, child: int, case) -> None:
        del self.open[case.number]
        self.seen[case.kind] += 1
        if case.kind == "transfer":
            self.model[child].moved(case.number, case.lead_school_id)
        else:
            self.model[child].decide(case.number, case.kind)
        if case.kind in PRECEDES:
            self.overtake(child)

    def overtake(self, child: int) -> None:
        """The other open changes of the child have ended, each by a step of its own."""
        for number in [number for number, (whose, _) in self.open.items() if whose == child]:
            del self.open[number]
            self.model[child].ended(number)
            self.signed += 1
            self.seen["overtaken by a death"] += 1


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
