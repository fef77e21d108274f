"""A small model of a child's record: what each decided change makes of it, which may begin when, which may be undone.

It knows nothing of the code under test. A change is (from which statuses, to which status, sits in a class afterwards,
which aspects of the record it touches).
"""

from dataclasses import dataclass, field, replace
from datetime import date

SAME = None
# What a decision touches must stand as it left it, or the decision cannot be corrected any more.
WHEREABOUTS = frozenset({"status", "place", "period"})
LIVING = ("enrolled", "suspended", "dropped_out", "abroad")
NO_RECORD = ("merged", "deceased")
# Changes that go on though the ID number contradicts the birth date; every other waits until the record is put right.
WITH_A_PROBLEM = {"custody", "release", "death", "correction"}


@dataclass(frozen=True)
class Effect:
    """What one decided change does."""

    begins_from: tuple[str, ...]
    status: str | None
    sits: bool | None
    touches: frozenset[str] = WHEREABOUTS


EFFECTS: dict[str, Effect] = {
    "suspension": Effect(("enrolled",), "suspended", False),
    "extension": Effect(("suspended",), SAME, SAME, frozenset({"period"})),
    "resumption": Effect(("suspended",), "enrolled", True),
    "abroad": Effect(("enrolled", "suspended"), "abroad", False),
    "home_from_abroad": Effect(("abroad",), "enrolled", True),
    "incapacity": Effect(("enrolled", "suspended", "dropped_out"), "left", False),
    "custody": Effect(("enrolled", "suspended", "dropped_out"), "in_custody", False),
    "release": Effect(("in_custody",), "enrolled", True),
    "dropout": Effect(("enrolled",), "dropped_out", False),
    "return_to_school": Effect(("dropped_out",), "enrolled", True),
    "outward": Effect(("enrolled", "abroad"), "moved_away", False),
    "death": Effect((*LIVING, "in_custody"), "deceased", False),
    "correction": Effect((*LIVING, "in_custody"), SAME, SAME, frozenset({"name"})),
    "inclusion": Effect(("enrolled",), SAME, True),
    "inclusion_end": Effect(("enrolled",), SAME, True),
}
# A death neither waits for another change nor stands in its way; its decision ends the others.
PRECEDES = {"death"}
# Sitting down in a class of the own school ends attending another one; a record that lives nowhere attends nothing.
NOWHERE = ("left", "moved_away", "in_custody", "merged", "deceased")


@dataclass(frozen=True)
class Record:
    """What the record says of one child."""

    status: str = "enrolled"
    sits: bool = True
    school: int = 0
    attends: int = 0
    name: str = ""
    numbers: frozenset[str] = frozenset({"id", "registry"})
    extended: bool = False
    born: date | None = None
    # The birth date inside the ID number now held.
    id_says: date | None = None

    @property
    def at_fault(self) -> bool:
        """The ID number and the record say different birth dates (第八条): a merge brought it along."""
        return self.status not in NO_RECORD and self.id_says not in (None, self.born)

    def part(self, touched: frozenset[str]) -> dict:
        """The columns behind these aspects."""
        columns = {
            "status": ("status",),
            "place": ("sits", "school", "attends"),
            "period": ("extended",),
            "name": ("name",),
            "birth": ("born",),
            "numbers": ("numbers", "id_says"),
        }
        return {column: getattr(self, column) for aspect in touched for column in columns[aspect]}


@dataclass(frozen=True)
class Decided:
    """One decided change of one child: what it touched, and the record before."""

    number: str
    before: Record
    touched: frozenset[str]


@dataclass
class ModelChild:
    """One child as the model believes it to be; `past` holds its decided changes, newest last."""

    record: Record
    busy: str = ""
    dying: str = ""
    past: list[Decided] = field(default_factory=list)

    def may_begin(self, kind: str) -> bool:
        """Whether a change of this kind may be drafted now."""
        now = self.record
        if self.dying if kind in PRECEDES else self.busy:
            return False
        if now.at_fault and kind not in WITH_A_PROBLEM:
            return False
        if kind == "extension" and now.extended:
            return False
        if kind in ("inclusion", "inclusion_end") and bool(now.attends) != (kind == "inclusion_end"):
            return False
        return now.status in EFFECTS[kind].begins_from

    @property
    def lives(self) -> bool:
        return self.record.status in LIVING

    def began(self, number: str, kind: str) -> None:
        if kind in PRECEDES:
            self.dying = number
        else:
            self.busy = number

    def ended(self, number: str) -> None:
        """A case was refused, withdrawn or decided."""
        self.busy = "" if self.busy == number else self.busy
        self.dying = "" if self.dying == number else self.dying

    def becomes(self, number: str, touched: frozenset[str] = WHEREABOUTS, **columns) -> None:
        """A decision: the record is otherwise now."""
        self.past.append(Decided(number, self.record, touched))
        self.record = replace(self.record, **columns)
        self.ended(number)

    def decide(self, number: str, kind: str, **own) -> None:
        """The last signature was given; `own` is what this kind says of the record beside status and class."""
        effect, now = EFFECTS[kind], self.record
        sits = now.sits if effect.sits is SAME else effect.sits
        status = effect.status or now.status
        back_at_home = effect.sits is True or status in NOWHERE
        extended = kind == "extension" or (now.extended and kind not in ("suspension", "resumption"))
        columns = {"status": status, "sits": sits, "extended": extended} | ({"attends": 0} if back_at_home else {})
        touched = frozenset({"birth"}) if "born" in own else effect.touches
        self.becomes(number, touched, **columns | own)

    def may_undo(self, number: str) -> bool:
        """Only while nothing is open, and as long as no later decision has touched the same aspects."""
        at = next(n for n, each in enumerate(self.past) if each.number == number)
        later = [each.touched for each in self.past[at + 1 :]]
        return not self.busy and all(self.past[at].touched.isdisjoint(touched) for touched in later)

    def undo(self, number: str) -> None:
        """What the decision touched is as it was before it."""
        undone = next(each for each in self.past if each.number == number)
        self.past.remove(undone)
        self.record = replace(self.record, **undone.before.part(undone.touched))


def may_merge(kept: ModelChild, gone: ModelChild) -> bool:
    """Two records become one only when both are records, both are free, and the living one stays."""
    free = not (kept.busy or gone.busy)
    both = not {kept.record.status, gone.record.status} & set(NO_RECORD)
    return free and both and (kept.lives or not gone.lives)


def merge(number: str, kept: ModelChild, gone: ModelChild) -> None:
    """`gone` ends and gives the numbers the other lacks; nothing else of `kept` changes, its birth date neither."""
    received = gone.record.numbers - kept.record.numbers
    touched = frozenset({"numbers"}) if received else frozenset()
    id_says = gone.record.id_says if "id" in received else kept.record.id_says
    kept.becomes(number, touched, numbers=kept.record.numbers | received, id_says=id_says)
    ended = {"status": "merged", "sits": False, "attends": 0, "numbers": frozenset(), "id_says": None}
    gone.becomes(number, WHEREABOUTS | {"numbers"}, **ended)
