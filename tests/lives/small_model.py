"""A small model of a child's record: what each decided change makes of status and class, and which may begin when.

It knows nothing of the code under test. A change is (from which statuses, to which status, sits in a class afterwards).
"""

from dataclasses import dataclass, field, replace

SAME = None


@dataclass(frozen=True)
class Effect:
    """What one decided change does."""

    begins_from: tuple[str, ...]
    status: str | None
    sits: bool | None


EFFECTS: dict[str, Effect] = {
    "suspension": Effect(("enrolled",), "suspended", False),
    "extension": Effect(("suspended",), SAME, SAME),
    "resumption": Effect(("suspended",), "enrolled", True),
    "abroad": Effect(("enrolled", "suspended"), "abroad", False),
    "home_from_abroad": Effect(("abroad",), "enrolled", True),
    "incapacity": Effect(("enrolled", "suspended", "dropped_out"), "left", False),
    "custody": Effect(("enrolled", "suspended", "dropped_out"), "in_custody", False),
    "release": Effect(("in_custody",), "enrolled", True),
    "dropout": Effect(("enrolled",), "dropped_out", False),
    "return_to_school": Effect(("dropped_out",), "enrolled", True),
    "outward": Effect(("enrolled", "abroad"), "moved_away", False),
    "death": Effect(("enrolled", "suspended", "dropped_out", "abroad", "in_custody"), "deceased", False),
}
# A death neither waits for another change nor stands in its way; its decision ends the others.
PRECEDES = {"death"}


@dataclass(frozen=True)
class Record:
    """What the record says of one child."""

    status: str = "enrolled"
    sits: bool = True
    school: int = 0
    extended: bool = False


@dataclass
class ModelChild:
    """One child as the model believes it to be; `past` holds what each decided case replaced, newest last."""

    record: Record
    busy: str = ""
    dying: str = ""
    past: list[tuple[str, Record]] = field(default_factory=list)

    def may_begin(self, kind: str) -> bool:
        """Whether a change of this kind may be drafted now."""
        stands_in_the_way = self.dying if kind in PRECEDES else self.busy
        twice = kind == "extension" and self.record.extended
        return not stands_in_the_way and not twice and self.record.status in EFFECTS[kind].begins_from

    def began(self, number: str, kind: str) -> None:
        if kind in PRECEDES:
            self.dying = number
        else:
            self.busy = number

    def ended(self, number: str) -> None:
        """A case was refused, withdrawn or decided."""
        self.busy = "" if self.busy == number else self.busy
        self.dying = "" if self.dying == number else self.dying

    def decide(self, number: str, kind: str) -> None:
        """The last signature was given."""
        self.past.append((number, self.record))
        effect, now = EFFECTS[kind], self.record
        self.record = Record(
            effect.status or now.status,
            now.sits if effect.sits is SAME else effect.sits,
            now.school,
            extended=kind == "extension" or (now.extended and kind not in ("suspension", "resumption")),
        )
        self.ended(number)

    def moved(self, number: str, school: int) -> None:
        """A transfer was completed."""
        self.past.append((number, self.record))
        self.record = replace(self.record, status="enrolled", sits=True, school=school)
        self.ended(number)

    def may_undo(self, number: str) -> bool:
        """Only the latest decision can be corrected, and not while another change is open."""
        return not self.busy and bool(self.past) and self.past[-1][0] == number

    def undo(self) -> None:
        _, self.record = self.past.pop()
