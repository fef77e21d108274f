"""A small model of a child's record: what each decided change makes of status and class, and which may begin when.

It knows nothing of the code under test. A change is (from which statuses, to which status, sits in a class afterwards).
"""

from dataclasses import dataclass, field

SAME = None


@dataclass(frozen=True)
class Effect:
    """What one decided change does."""

    begins_from: tuple[str, ...]
    status: str | None
    sits: bool | None


EFFECTS: dict[str, Effect] = {
    "suspension": Effect(("enrolled",), "suspended", False),
}


@dataclass
class ModelChild:
    """One child as the model believes it to be; `past` holds what each decided case replaced, newest last."""

    status: str = "enrolled"
    sits: bool = True
    school: int = 0
    busy: str = ""
    past: list[tuple] = field(default_factory=list)

    def may_begin(self, kind: str) -> bool:
        """Whether a change of this kind may be drafted now."""
        return not self.busy and self.status in EFFECTS[kind].begins_from

    def decide(self, number: str, kind: str) -> None:
        """The last signature was given."""
        self.past.append((number, self.status, self.sits, self.school))
        effect = EFFECTS[kind]
        self.status = effect.status or self.status
        self.sits = self.sits if effect.sits is SAME else effect.sits
        self.busy = ""

    def moved(self, number: str, school: int) -> None:
        """A transfer was completed."""
        self.past.append((number, self.status, self.sits, self.school))
        self.status, self.sits, self.school, self.busy = "enrolled", True, school, ""

    def may_undo(self, number: str) -> bool:
        """Only the latest decision can be corrected, and not while another change is open."""
        return not self.busy and bool(self.past) and self.past[-1][0] == number

    def undo(self) -> None:
        _, self.status, self.sits, self.school = self.past.pop()
