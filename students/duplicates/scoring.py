"""How alike two records are: points for every sign, each with its words, so that people see why a pair is asked about.

Two children who both hold a right ID number are two people (twins, siblings, namesakes), unless nearly everything else
says otherwise; a wrong, missing or foreign number proves nothing.
"""

from dataclasses import dataclass, field
from datetime import date

from ..idnumber import RESIDENT, is_citizen_shaped

ASKED_FROM = 70
# (points, words) of each sign.
SAME_NAME, SAME_SOUND, ONE_CHARACTER, FORMER_NAME = (
    (40, "姓名相同"),
    (32, "姓名同音不同字"),
    (22, "姓名只差一个字"),
    (34, "一人的姓名是另一人的曾用名"),
)
SAME_BIRTH, SWAPPED_BIRTH, ONE_DIGIT_BIRTH = (
    (30, "出生日期相同"),
    (26, "出生的月和日对调"),
    (16, "出生日期只差一位数字"),
)
SAME_SEX, OTHER_SEX = (5, ""), (-15, "性别不同")
NO_NUMBER, DOUBTFUL_NUMBER = (8, "{}没有登记居民身份证号"), (4, "{}的证件号校验不符")
SLIPPED, SWAPPED_DIGITS = (25, "证件号只差一位"), (25, "证件号有相邻两位对调")
SHARED, BUILT_ON = (60, "先后用过同一号码"), (60, "一人的学籍号是按另一人的证件号编的")
TWO_NUMBERS, TWO_NUMBERS_OF_ONE_NAME = (-45, "两人各有校验正确的证件号"), (-22, "两人各有校验正确的证件号")
SAME_GUARDIAN, SAME_PHONE, SAME_HOME = (10, "监护人同名"), (8, "联系电话相同"), (6, "现住址相同")


@dataclass(frozen=True, slots=True)
class Person:
    """One record as it is compared; numbers opened."""

    pk: int
    name: str
    pinyin: str
    former_name: str
    sex: str
    birth: date
    id_type: str
    number: str
    registry: str
    indexes: frozenset[bytes] = frozenset()
    phone: str = ""
    home: str = ""
    guardians: frozenset[str] = frozenset()

    @property
    def proved(self) -> bool:
        """Holds a resident number with the right check character that speaks of this child."""
        return self.id_type == RESIDENT and is_citizen_shaped(self.number)


@dataclass(slots=True)
class Verdict:
    """Points and the words behind them."""

    score: int = 0
    signs: list[str] = field(default_factory=list)

    def add(self, sign: tuple[int, str], *words: str) -> None:
        self.score += sign[0]
        if sign[1]:
            self.signs.append(sign[1].format(*words))

    @property
    def asked(self) -> bool:
        return self.score >= ASKED_FROM


def compare(one: Person, other: Person) -> Verdict:
    """Everything that speaks for and against one child behind both records.

    Namesakes of one birthday without a number are 问题学籍, found and settled there.
    """
    verdict = Verdict()
    if is_problem(one, other):
        return verdict
    if not (_names(verdict, one, other) and _births(verdict, one, other)):
        return Verdict()
    verdict.add(SAME_SEX if one.sex == other.sex else OTHER_SEX)
    _numbers(verdict, one, other)
    _family(verdict, one, other)
    return verdict


def is_problem(one: Person, other: Person) -> bool:
    same = (one.name, one.sex, one.birth) == (other.name, other.sex, other.birth)
    return same and not (one.number and other.number)


def _names(verdict: Verdict, one: Person, other: Person) -> bool:
    if one.name == other.name:
        verdict.add(SAME_NAME)
    elif one.former_name == other.name or other.former_name == one.name:
        verdict.add(FORMER_NAME)
    elif one.pinyin == other.pinyin:
        verdict.add(SAME_SOUND)
    elif one_apart(one.name, other.name):
        verdict.add(ONE_CHARACTER)
    else:
        return bool(one.indexes & other.indexes)
    return True


def _births(verdict: Verdict, one: Person, other: Person) -> bool:
    if one.birth == other.birth:
        verdict.add(SAME_BIRTH)
    elif (one.birth.year, one.birth.month, one.birth.day) == (other.birth.year, other.birth.day, other.birth.month):
        verdict.add(SWAPPED_BIRTH)
    elif one_apart(f"{one.birth:%Y%m%d}", f"{other.birth:%Y%m%d}"):
        verdict.add(ONE_DIGIT_BIRTH)
    else:
        return bool(one.indexes & other.indexes)
    return True


def _numbers(verdict: Verdict, one: Person, other: Person) -> None:
    if one.indexes & other.indexes:
        verdict.add(SHARED)
        return
    if _built_on(one, other) or _built_on(other, one):
        verdict.add(BUILT_ON)
        return
    if one.proved and other.proved:
        verdict.add(TWO_NUMBERS_OF_ONE_NAME if one.name == other.name else TWO_NUMBERS)
        return
    for person in (one, other):
        _doubts(verdict, person)
    if one_apart(one.number, other.number):
        verdict.add(SLIPPED)
    elif neighbours_swapped(one.number, other.number):
        verdict.add(SWAPPED_DIGITS)


def _doubts(verdict: Verdict, person: Person) -> None:
    if not person.number or person.id_type != RESIDENT:
        verdict.add(NO_NUMBER, person.name)
    elif not person.proved:
        verdict.add(DOUBTFUL_NUMBER, person.name)


def _built_on(one: Person, other: Person) -> bool:
    """The 学籍号 of one carries the ID number of the other, and not its own."""
    return bool(other.number) and one.registry[1:] == other.number != one.number


def _family(verdict: Verdict, one: Person, other: Person) -> None:
    if one.guardians & other.guardians:
        verdict.add(SAME_GUARDIAN)
    if one.phone and one.phone == other.phone:
        verdict.add(SAME_PHONE)
    if one.home and one.home == other.home:
        verdict.add(SAME_HOME)


def one_apart(one: str, other: str) -> bool:
    """Equally long, and different in exactly one place of several."""
    return len(one) == len(other) > 2 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def neighbours_swapped(one: str, other: str) -> bool:
    """Equal but for two neighbouring characters that stand the other way round."""
    if len(one) != len(other):
        return False
    places = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    return (one[first], one[second]) == (other[second], other[first])
