"""Registration batches that wait: children collected this autumn who are not registered yet."""

from dataclasses import dataclass
from datetime import date
from random import Random

from accounts.models import User
from approvals.services import open_case, perform
from law import clock
from schools.models import School, SchoolClass, cohort_of
from students.importing.bulk import take_ids
from students.intake.batches import sign_for
from students.models import FamilyMember, Registration, Student, StudentNumber
from students.models.registration import RegistrationEntry

from . import SEED, SEED_DAY, SEED_YEAR
from .bulk import copy_objects
from .children import ChildMaker, Draft, Seatmate

# Far above what the county's children of one birthday reach, so that the two mints never deal the same number.
NUMBERS_LEFT_TO_OTHERS = 240
# In the batch that still lies with its school two guardians have not signed yet.
SIGNED_LATER = 2
BATCHES = (
    ("hsxx", 12, ()),
    ("shxx", 20, (("hand_in", "{school}_registrar", 7), ("vouch", "{school}_head", 8))),
)


@dataclass
class NewcomerList:
    """A plan as the fill of a registration wants it: writes the pending children and reports the figures.

    `seated` puts them all into the first class of grade one; else the school deals them to its classes.
    """

    school: School
    count: int
    maker: ChildMaker
    seated: bool = True

    def write(self, case: Registration) -> dict:
        """Write the children as pending, each with an entry in the batch."""
        stage, cohort = cohort_of(1, self.maker.year)
        room = self.school.classes.get(stage=stage, cohort=cohort, number=1) if self.seated else None
        drafts = [self._pending(pk) for pk in take_ids(Student, self.count)]
        copy_objects(Student, [d.student for d in drafts])
        copy_objects(FamilyMember, [m for d in drafts for m in d.family])
        copy_objects(StudentNumber, [n for d in drafts for n in d.numbers])
        RegistrationEntry.objects.bulk_create(self._entries(case, room, drafts))
        return {"create": len(drafts)}

    def _pending(self, pk: int) -> Draft:
        division = self.school.division
        seat = Seatmate(self.school.pk, division.code, division.name, 1, boards=False, special=False)
        draft = self.maker.child(pk, seat)
        draft.student.status = Student.Status.PENDING
        self.maker.number(draft, clock.today(), "")
        return draft

    def _entries(self, case: Registration, room: SchoolClass | None, drafts: list[Draft]) -> list[RegistrationEntry]:
        return [
            RegistrationEntry(registration=case, student_id=d.student.id, school_class=room, sheet_row=row)
            for row, d in enumerate(drafts, start=2)
        ]


def bring_batches(schools: dict[str, School]) -> None:
    """One batch that the school has not handed in yet, and one that waits at the bureau."""
    maker = ChildMaker(Random(SEED + 1))
    maker.mint.skip(NUMBERS_LEFT_TO_OTHERS)
    people = {user.username: user for user in User.objects.all()}
    for login, count, acts in BATCHES:
        registrar = people[f"{login}_registrar"]
        with clock.at(date(SEED_YEAR, 9, 4)):
            case = open_case(
                Registration,
                by=registrar,
                lead=schools[login],
                children=[],
                state=Registration.State.DRAFT,
                title=f"{SEED_YEAR}年秋季新生补录",
            )
            case = perform(case, "fill", by=registrar, plan=NewcomerList(schools[login], count, maker))
            children = list(case.entries.values_list("student", flat=True))[SIGNED_LATER * (not acts) :]
            case = sign_for(case, children, by=registrar, signed_on=clock.today())
        for action, who, day in acts:
            with clock.at(min(date(SEED_YEAR, 9, day), SEED_DAY)):
                case = perform(case, action, by=people[who.format(school=login)])
