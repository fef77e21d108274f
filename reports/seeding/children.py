"""Inventing one child: the record with all its fields, the family, the numbers. Nothing is written here."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace

from jianping_xueji import vault
from students.models import FamilyMember, NumberKind, Student
from students.models.child import StudentNumber, number_aad
from students.spelling import initials_of, pinyin_of

from . import SEED_YEAR, names, places
from .bulk import row_maker
from .numbers import NumberMint, phone

student_row, family_row, number_row = row_maker(Student), row_maker(FamilyMember), row_maker(StudentNumber)
SLUG_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
FATHER, MOTHER = "51", "52"
HAN, MONGOLIAN = "01", "02"
JOBS = ("务农", "个体经营", "建筑工人", "货车司机", "超市员工", "医院护士", "外出务工")
TALENTS = ("", "", "", "绘画", "书法", "篮球", "田径", "古筝", "朗诵")


@dataclass
class Draft:
    """An invented child before it is written, as plain rows for COPY."""

    student: SimpleNamespace
    family: list[SimpleNamespace]
    numbers: list[SimpleNamespace] = field(default_factory=list)


@dataclass(frozen=True)
class Seatmate:
    """What a child takes from the class it is put into."""

    school_id: int
    township_code: str
    township: str
    grade: int
    boards: bool
    special: bool


class ChildMaker:
    """Draws children of one school year from one random source; the same source deals the same county."""

    def __init__(self, rng: Random, year: int = SEED_YEAR):
        self.rng, self.year = rng, year
        self.mint = NumberMint(rng)

    def child(self, pk: int, seat: Seatmate, *, name="", sex="", twin_of: SimpleNamespace | None = None) -> Draft:
        """One child of the right age for the grade. `twin_of` shares birthday, surname and home."""
        rng = self.rng
        sex = sex or rng.choice("12")
        birth = twin_of.birth_date if twin_of else birth_date_for(rng, seat.grade, self.year)
        surname = twin_of.name[0] if twin_of else rng.choice(names.SURNAMES)
        name = name or names.child_name(rng, sex, surname)
        address = twin_of.home_address if twin_of else places.home_address(rng, seat.township)
        student = student_row(
            id=pk,
            slug="".join(rng.choices(SLUG_LETTERS, k=12)),
            wrapped_key=vault.new_child_key(),
            school_id=seat.school_id,
            status=Student.Status.ENROLLED,
            name=name,
            name_pinyin=pinyin_of(name),
            name_initials=initials_of(name),
            sex=sex,
            birth_date=birth,
            ethnicity=MONGOLIAN if "·" in name or rng.random() < 0.08 else HAN,
            **self._home(seat, address),
            **self._schooling(seat),
            **self._circumstances(seat),
        )
        return Draft(student, self._parents(student, name[0]))

    def _home(self, seat: Seatmate, address: str) -> dict:
        return {
            "id_type": "1",
            "birth_division": "211322000000",
            "native_place": "辽宁省建平县",
            "nationality": "CHN",
            "overseas_status": "00",
            "household_kind": "2" if seat.township.endswith("街道") else "1",
            "household_division": f"{seat.township_code}000",
            "home_address": address,
            "mail_address": address,
            "family_address": address,
            "phone": phone(self.rng),
            "postcode": "122400",
        }

    def _schooling(self, seat: Seatmate) -> dict:
        entered = self.year - (seat.grade - 1) % 6
        return {
            "entered_month": f"{entered}09",
            "entry_mode": "11",
            "lodging": "2" if seat.boards and self.rng.random() < 0.5 else "1",
            "source": "1",
            "political_status": "13",
            "id_validity": f"{entered}-03-15/{entered + 5}-03-15",
            "blood_type": self.rng.choice("01234"),
            "talents": self.rng.choice(TALENTS),
        }

    def _circumstances(self, seat: Seatmate) -> dict:
        rng, bus = self.rng, self.rng.random() < 0.15
        return {
            "health": "50" if seat.special else "10",
            "disability": rng.choice(("61", "62", "65")) if seat.special else "00",
            "inclusive_education": "0",
            "only_child": rng.random() < 0.45,
            "had_preschool": rng.random() < 0.96,
            "left_behind": rng.choices("012", (82, 12, 6))[0],
            "migrant_child": rng.random() < 0.04,
            "orphan": False,
            "martyr_child": False,
            "needs_aid": rng.random() < 0.1,
            "boarding_subsidy": False,
            "purchased_place": False,
            "school_distance": Decimal(rng.randint(2, 120)) / 10,
            "commute_mode": "5" if bus else rng.choice("1234"),
            "needs_school_bus": bus,
        }

    def _parents(self, child: SimpleNamespace, surname: str) -> list[SimpleNamespace]:
        """Father and mother, for one child in twelve only one of them."""
        rng = self.rng
        relations = (
            [(FATHER, "1"), (MOTHER, "2")] if rng.random() > 0.08 else [rng.choice([(FATHER, "1"), (MOTHER, "2")])]
        )
        return [
            family_row(
                student_id=child.id,
                position_in_form=position,
                name=names.elder_name(rng, sex, surname if relation == FATHER else None),
                relation=relation,
                home_address=child.home_address,
                household_division=child.household_division,
                phone=child.phone if position == 1 else phone(rng),
                is_guardian=True,
                ethnicity=child.ethnicity,
                workplace="" if rng.random() < 0.5 else rng.choice(JOBS),
            )
            for position, (relation, sex) in enumerate(relations, start=1)
        ]

    def number(self, draft: Draft, since: date, registry: str) -> None:
        """Seal an ID number and, for `registry` "G" or "L", a 学籍号 of that kind."""
        child = draft.student
        id_number = self.mint.id_number(child.birth_date, child.sex)
        draft.numbers.append(sealed(child, NumberKind.ID, id_number, since))
        if registry:
            number = f"G{id_number}" if registry == "G" else self.mint.temporary(child.birth_date)
            draft.numbers.append(sealed(child, NumberKind.REGISTRY, number, since))


def sealed(child: SimpleNamespace, kind: str, number: str, since: date) -> SimpleNamespace:
    """A number row of this child: ciphertext under the child's key, blind index, last four."""
    return number_row(
        student_id=child.id,
        kind=kind,
        cipher=vault.seal(child.wrapped_key, number, number_aad(kind)),
        index=vault.index(number, kind),
        tail=vault.tail(number),
        letter=number[0] if kind == NumberKind.REGISTRY else "",
        since=since,
    )


def birth_date_for(rng: Random, grade: int, year: int) -> date:
    """A birthday between six and seven years before the September in which the child entered grade one."""
    return date(year - grade - 6, 9, 1) + timedelta(days=rng.randrange(365))
