"""均衡分班: children dealt to the classes of a grade so that no class has more of anything than it must.

Pure: no rows, no clock. The same children, classes and seed give the same answer in whatever order they are named, so
that a proposal can be shown, printed and drawn again before witnesses.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from random import Random


@dataclass(frozen=True)
class Newcomer:
    """What balancing looks at: sex ("1" boy, "2" girl), 随迁, 随班就读, and the month of birth as the last word."""

    id: int
    sex: str
    birth_date: date
    migrant: bool = False
    inclusive: bool = False

    @property
    def traits(self) -> tuple:
        """Everything of which no class shall have many more than another."""
        special = [("inclusive",)] * self.inclusive + [("migrant",)] * self.migrant
        return (*special, ("sex", self.sex), ("month", self.birth_date.month))


@dataclass
class Room:
    """A class with its free seats, and who sits there already (`sitting`: as many newcomers as there are children)."""

    id: int
    free: int
    sitting: tuple[Newcomer, ...] = ()
    _count: Counter = field(default_factory=Counter, init=False, repr=False)

    def __post_init__(self):
        self._count.update(trait for child in self.sitting for trait in child.traits)

    def take(self, child: Newcomer) -> None:
        self.free -= 1
        self._count.update(child.traits)

    @property
    def heads(self) -> int:
        return self._count["sex", "1"] + self._count["sex", "2"]

    def burden(self, child: Newcomer) -> tuple:
        """How many of this child's kind sit here already, the rarest trait first, heads before months."""
        count = self._count
        special = (child.inclusive and count["inclusive",], child.migrant and count["migrant",])
        return (*special, count["sex", child.sex], self.heads, count["month", child.birth_date.month])


class TooFewSeats(Exception):
    """There are more children than free seats; `short` says by how many."""

    def __init__(self, short: int):
        super().__init__(f"{short} children without a seat")
        self.short = short


def propose(children: Iterable[Newcomer], classes: Iterable[Room], seed: int) -> dict[int, int]:
    """child id → class id. Raises TooFewSeats.

    Rare traits are dealt first, so that the many ordinary children can level what the few have made uneven; each child
    goes to the class that has fewest of its kind. What is still equal the seed decides.
    """
    children = sorted(children, key=lambda child: child.id)
    rooms = [Room(room.id, room.free, room.sitting) for room in sorted(classes, key=lambda room: room.id)]
    short = len(children) - sum(max(room.free, 0) for room in rooms)
    if short > 0:
        raise TooFewSeats(short)
    chance = Random(seed)
    chance.shuffle(children)
    chance.shuffle(rooms)
    children.sort(key=lambda child: (not child.inclusive, not child.migrant, child.sex, child.birth_date.month))
    dealt = {}
    for child in children:
        room = min((room for room in rooms if room.free > 0), key=lambda room: room.burden(child))
        room.take(child)
        dealt[child.id] = room.id
    return dealt
