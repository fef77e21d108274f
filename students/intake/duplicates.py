"""查重: is this child known already, by any number it ever held, or by name, sex and birth date (第七、八条).

Every search is kept with its outcome, found or not, before anything else may be entered about the child.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.policies import powers_behind
from approvals.errors import NotYourHand
from jianping_xueji import vault
from law import articles, clock
from schools.models import School

from ..importing import matching
from ..importing.names import clean_name
from ..importing.records import Namesake, children_of, holders_of, namesakes_of
from ..models.child import NumberKind, Student
from ..models.intake import DuplicateSearch
from ..problems.claims import claimed

SEARCH_AAD = "intake.search"
Outcome = DuplicateSearch.Outcome


@dataclass(frozen=True)
class Asked:
    """Whom somebody wants to enter."""

    name: str
    sex: str
    birth_date: date
    id_type: str
    id_number: str = ""

    @classmethod
    def of(cls, search: DuplicateSearch) -> "Asked":
        """What was asked, opened again by the school that asked it."""
        given = json.loads(vault.open_(bytes(search.wrapped_key), bytes(search.sealed), SEARCH_AAD))
        return cls(**given | {"birth_date": date.fromisoformat(given["birth_date"])})

    def sealed(self, key: bytes) -> bytes:
        given = asdict(self) | {"birth_date": self.birth_date.isoformat()}
        return vault.seal(key, json.dumps(given, ensure_ascii=False), SEARCH_AAD)


@dataclass(frozen=True)
class Answer:
    """What the county knows: a child with a record, namesakes that could be the same child, or nobody."""

    outcome: str
    said: str = ""
    child: Student | None = None
    other_name: bool = False


def look(asked: Asked, school: School) -> Answer:
    """Look in all records of the county, former numbers included. Reads only."""
    holder = None
    if asked.id_number:
        holder = next(iter(holders_of([vault.index(asked.id_number, NumberKind.ID)]).values()), None)
    if holder:
        return known(holder, asked, school)
    triple = (clean_name(asked.name), asked.sex, asked.birth_date)
    alike = namesakes_of({triple}).get(triple, [])
    if not alike:
        return Answer(Outcome.NOBODY, "全县学籍（含曾用证件号）中没有查到该生。")
    return namesakes(alike, asked)


def known(holder: int, asked: Asked, school: School) -> Answer:
    """Somebody holds or held this number: the child itself, or another name under the same number."""
    child = children_of({holder})[holder]
    found = Student.objects.get(pk=holder)
    if found.name != clean_name(asked.name):
        said = (
            f"该证件号在本县登记在另一姓名之下，请对照户口簿核对；仍不符的报教育局核查（{articles.NO_FALSE_RECORD}）。"
        )
        return Answer(Outcome.FOUND, said, found, other_name=True)
    verdict = matching.judged(child, school).verdict
    if verdict:
        return Answer(Outcome.FOUND, f"{verdict.message}。{verdict.remedy}。", found)
    word = "已在本校登记，待核" if found.status == Student.Status.PENDING else "是本校学生"
    return Answer(Outcome.FOUND, f"{found.name}{word}，不得重复建籍（{articles.NO_FALSE_RECORD}）。", found)


def namesakes(alike: list[Namesake], asked: Asked) -> Answer:
    """With two different numbers they are two people; without one a person must say why (孪生、同名)."""
    where = "、".join(
        dict.fromkeys(School.objects.filter(pk__in=[n.school_id for n in alike]).values_list("name", flat=True))
    )
    doubtful = not asked.id_number or any(not each.has_id for each in alike)
    if not doubtful:
        return Answer(Outcome.NOBODY, f"{where}有姓名、性别、出生日期相同而证件号不同的学生，请核实不是同一人。")
    said = (
        f"{where}有姓名、性别、出生日期相同的学生，其中有人没有登记证件号，可能是同一人。"
        f"是同一人的请办理转学；不是同一人的，写明依据后登记（{articles.ONE_CHILD_ONE_RECORD}）。"
    )
    return Answer(Outcome.NAMESAKE, said)


@transaction.atomic
def search(asked: Asked, school: School, grade: int, by: User) -> DuplicateSearch:
    """Look and keep who looked for whom and what was found. Raises NotYourHand without 学校经办 at the school."""
    if not powers_behind(by, "make_change", school.pk):
        raise NotYourHand(f"您在{school}没有学校经办职权，不能登记新生（{articles.REGISTER_COLLECT}）。")
    answer = look(asked, school)
    if answer.other_name and answer.child.school_id != school.pk:
        claimed(answer.child, name=clean_name(asked.name), by=school)
    key = vault.new_child_key()
    return DuplicateSearch.objects.create(
        school=school,
        by=by,
        legal_date=clock.today(),
        wrapped_key=key,
        sealed=asked.sealed(key),
        masked_name=vault.mask_name(asked.name),
        number_tail=vault.tail(asked.id_number) if asked.id_number else "",
        grade=grade,
        outcome=answer.outcome,
        found=answer.child,
        said=answer.said,
    )
