"""Random lives: children of a small county are transferred, suspended, renamed, merged, brought back, in any order.

Every step is one act through the one door by a person chosen by the machine. What the law should say is asked of the
small model; what the database says is compared with it, and every invariant is asked, after each step.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.roles import Role
from approvals.errors import Refused
from approvals.models import Case, Step
from law import clock
from students.models import Student
from tests import invariants
from tests.changes import hand_of
from tests.county import LEGAL_DAY
from tests.students.specimens_problems import TOLD
from transfers.services import start_transfer

from .desks import Desks
from .givens import grade_on, own_class
from .small_model import EFFECTS, ModelChild, Record, may_merge
from .years import BEGINNINGS, LAST_DAY, Years

# The last of them came without an ID number, so that a merge has one to hand over.
CHILDREN = 4
BUSY = 3
whom = st.integers(0, CHILDREN - 1)
# What a child may have lived through before the first act of a random life: so that what is rare in a run happens in
# every run, whatever the machine draws.
BEFORE = (
    (),
    (),
    (),
    ("suspension",),
    ("suspension", "extension"),
    ("suspension", "resumption"),
    ("abroad",),
    ("abroad", "home_from_abroad"),
    ("custody",),
    ("custody", "release"),
    ("dropout",),
    ("dropout", "return_to_school"),
    ("inclusion",),
    ("inclusion", "inclusion_end"),
    ("transfer",),
    ("outward",),
    ("incapacity",),
    ("correction",),
    ("correction", "undo"),
    ("inclusion", "undo"),
    ("transfer", "undo"),
    ("begun suspension", "death"),
)
# Changes after which little else can happen: rare, so that lives are long.
FINAL = {"death", "incapacity", "outward"}
# Changes that only follow another one: begun rather than others, so that lives go on.
FOLLOWS = {"extension", "resumption", "home_from_abroad", "release", "return_to_school", "inclusion_end"}
chance = st.randoms(use_true_random=False)
AT_FAULT = "证件号与性别、生日不符"


def record_at_first(child) -> Record:
    """A child in school whose ID number says the birth date of the record."""
    return Record(school=child.school_id, name=child.name, born=child.birth_date, id_says=child.birth_date)


class Lives(Desks, Years, RuleBasedStateMachine):
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
        self.model = [ModelChild(record_at_first(child)) for child in self.people]
        self.model[-1].record = replace(self.model[-1].record, numbers=frozenset({"registry"}), id_says=None)
        # Open cases by number: whose, and the case as last seen.
        self.open: dict[str, tuple[list[int], Case]] = {}
        self.signed = Step.objects.count()
        self.sizes = invariants.sizes()

    def teardown(self):
        self.undoing.close()

    @initialize(
        before=st.lists(st.sampled_from(BEFORE), min_size=CHILDREN, max_size=CHILDREN),
        beginning=st.sampled_from(BEGINNINGS),
        absorbed=st.sampled_from((None, 0, 1)),
    )
    def lives_so_far(self, before, beginning, absorbed):
        """Some children come with a past, so that what can only follow it is reached; the last a number not its own."""
        self.be_on(beginning)
        if absorbed is not None:
            self.make_one_of(CHILDREN - 1, absorbed)
            self.sign_through(self.model[absorbed].busy)
        for child, kinds in enumerate(before):
            for kind in kinds:
                self.live(child, kind)

    def live(self, child: int, kind: str) -> None:
        """One act of a past: a change decided, only begun, or taken back."""
        believed = self.model[child]
        if kind == "undo":
            return self.take_back(believed.past[-1].number) if believed.past else None
        self.ask_for_school(child, there=2) if kind == "transfer" else self.draft(child, kind.removeprefix("begun "))
        if not kind.startswith("begun"):
            self.sign_through(believed.dying or believed.busy)

    # What people do

    @precondition(lambda self: len(self.open) < BUSY)
    @rule(child=whom, pick=chance)
    def draft_what_is_lawful(self, child, pick):
        """One of the changes that may begin now does begin; a record at fault is rather put right first."""
        kinds = [kind for kind in sorted(EFFECTS) if self.model[child].may_begin(kind)]
        rather = {"correction"} if self.model[child].record.at_fault else FOLLOWS
        for some, share in ((rather, 0.7), (EFFECTS.keys() - FINAL, 0.9)):
            if pick.random() < share:
                kinds = [kind for kind in kinds if kind in some] or kinds
        if kinds:
            self.draft(child, pick.choice(kinds))

    @rule(child=whom, kind=st.sampled_from(sorted(EFFECTS)))
    def draft_anything(self, child, kind):
        """A draft begins exactly when the model says so."""
        if len(self.open) < BUSY or not self.model[child].may_begin(kind):
            self.draft(child, kind)

    @precondition(lambda self: len(self.open) < BUSY)
    @rule(child=whom, there=st.integers(0, 2))
    def draft_a_transfer(self, child, there):
        """A child in school, with nothing open, may ask for another school."""
        self.ask_for_school(child, there)

    def ask_for_school(self, child: int, there: int) -> None:
        person, believed, school = self.fresh(child), self.model[child], self.county.schools[there]
        now = believed.record
        lawful = now.status in ("enrolled", "abroad") and not believed.busy and school.pk != now.school
        registrar = hand_of(Role.REGISTRAR, school)
        asked = {"ground": "T4", "grade": grade_on(self.day), "to_class": own_class(school, self.day)}
        try:
            case = start_transfer(person, school, by=registrar, exception_reason="家庭住址变化", **asked)
        except Refused:
            assert not lawful
        else:
            assert lawful
            self.opened([child], case)

    @precondition(lambda self: len(self.open) < BUSY)
    @rule(two=st.permutations(range(CHILDREN)))
    def draft_a_merge(self, two):
        self.make_one_of(*two[:2])

    def make_one_of(self, kept: int, gone: int) -> None:
        """Two records are found to be one child's; the one that lives stays."""
        stays, ends = self.fresh(kept), self.fresh(gone)
        lawful = may_merge(self.model[kept], self.model[gone])
        self.draft_lawfully(
            [kept, gone], "merge", lawful, {"kept": stays, "gone": ends, "attends": stays.school, **TOLD}
        )

    @precondition(lambda self: self.open)
    @rule(pick=chance)
    def sign_somewhere(self, pick):
        """The right hand signs on any case."""
        self.sign(pick.choice(sorted(self.open)))

    @precondition(lambda self: self.open)
    @rule()
    def sign_the_oldest(self):
        """The longest open case goes through all its desks, so that lives get somewhere."""
        self.sign_through(min(self.open, key=lambda number: self.open[number][1].pk))

    @precondition(lambda self: self.open)
    @rule()
    def sign_the_newest(self):
        """What came last overtakes what lies."""
        self.sign(max(self.open, key=lambda number: self.open[number][1].pk))

    @precondition(lambda self: self.open)
    @rule(pick=chance, how=st.sampled_from(["withdraw", "refuse", "send_back"]))
    def end_or_send_back(self, pick, how):
        """Withdrawn, refused or sent back: the record stays as it is."""
        self.end(pick.choice(sorted(self.open)), how)

    @rule(child=whom, pick=chance)
    def correct_a_decision(self, child, pick):
        """The leader takes back a decision on which nothing later stands, and no other."""
        if past := self.model[child].past:
            self.take_back(pick.choice([each.number for each in past]))

    @precondition(lambda self: self.day < LAST_DAY)
    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.days_pass(days)

    # What must be true

    @invariant()
    def the_record_is_as_the_model_says(self):
        found = self.record_as_it_is()
        records = [each.record for each in self.model]
        believed = {
            p.pk: (r.status, r.school, r.sits, r.attends, r.name, r.born, AT_FAULT * r.at_fault, sorted(r.numbers))
            for p, r in zip(self.people, records, strict=True)
        }
        assert found == believed, (found, believed)

    @invariant()
    def every_invariant_holds(self):
        wrong = invariants.broken(planned_once=True)
        assert not wrong, wrong
        now = invariants.sizes()
        assert all(now[table] >= count for table, count in self.sizes.items()), "I10 a row was deleted"
        self.sizes = now

    @invariant()
    def what_was_acknowledged_is_there_once(self):
        assert self.sizes["approvals_step"] == self.signed

    def record_as_it_is(self) -> dict:
        """child → (status, school, sits, attends, name, born, problem, numbers held), read past the code under test."""
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT s.id, s.status, s.school_id, EXISTS (
                     SELECT 1 FROM students_placement p JOIN students_enrolment e ON e.id = p.enrolment_id
                     WHERE e.student_id = s.id AND p.ends IS NULL AND NOT e.voided),
                   coalesce((SELECT attends_id FROM students_enrolment e
                     WHERE e.student_id = s.id AND NOT e.voided AND upper_inf(e.during)), 0),
                   s.name, s.birth_date, s.problem,
                   ARRAY(SELECT kind::text FROM students_studentnumber n
                     WHERE n.student_id = s.id AND n.until IS NULL ORDER BY kind)
                   FROM students_student s WHERE s.id = ANY (%s)""",
                [[person.pk for person in self.people]],
            )
            return {pk: tuple(rest) for pk, *rest in cursor.fetchall()}


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
