"""Well-formed numbers that nobody owns: the county code 211399 belongs to no county."""

from collections import Counter
from datetime import date
from random import Random

from students.idnumber import check_character
from students.registry_number import make_temporary

NOBODYS_COUNTY = "211399"
LARGEST_SEQUENCE = 999


class NumberMint:
    """Deals ID numbers and temporary 学籍号, each once."""

    def __init__(self, rng: Random):
        self._rng = rng
        self._dealt: Counter = Counter()
        self._before = 0
        self._temporary: set[str] = set()

    def id_number(self, birth: date, sex: str) -> str:
        """The next number of this birth date; odd sequence for boys. ValueError when a day has run out of numbers."""
        self._dealt[birth, sex] += 1
        sequence = (self._before + self._dealt[birth, sex]) * 2 - (sex == "1")
        if sequence > LARGEST_SEQUENCE:
            raise ValueError(f"{birth} 的演示号码已用完，请减少学生数")
        body = f"{NOBODYS_COUNTY}{birth:%Y%m%d}{sequence:03d}"
        return body + check_character(body)

    def skip(self, count: int) -> None:
        """Leave the first `count` numbers of every day to another mint."""
        self._before = count

    def temporary(self, birth: date) -> str:
        """An unused L number."""
        while (number := make_temporary(NOBODYS_COUNTY, birth, self._rng)) in self._temporary:
            pass
        self._temporary.add(number)
        return number


def phone(rng: Random) -> str:
    """A telephone number of a block that is given to nobody."""
    return f"1390000{rng.randrange(10000):04d}"
