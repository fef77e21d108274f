"""Looking for 问题学籍: over the whole county, or for the children a decision has just changed.

Twins and siblings are never found: two children who both hold an ID number are two people, however close the numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from jianping_xueji import vault

from ..idnumber import RESIDENT, birth_of, is_citizen_shaped, sex_of
from ..models.child import NumberKind, Student, StudentNumber, number_aad
from ..models.problem import Problem
from . import findings

BATCH = 2000
# Not a record yet, or none any more: nothing to be found here.
OUT = ("pending", "rejected", "merged", "deleted", "deceased")

# A number that a child holds now and another gave up without a decision that says so.
_SAME_NUMBER = """
SELECT LEAST(now.student_id, was.student_id), GREATEST(now.student_id, was.student_id), now.id,
    '一人现用的证件号，另一人曾用'
FROM students_studentnumber now
JOIN students_studentnumber was
    ON was.kind = 'id' AND was.index = now.index AND was.student_id <> now.student_id AND was.until IS NOT NULL
JOIN students_student a ON a.id = now.student_id AND NOT a.status = ANY(%(out)s)
JOIN students_student b ON b.id = was.student_id AND NOT b.status = ANY(%(out)s)
WHERE now.kind = 'id' AND now.until IS NULL
AND NOT EXISTS (SELECT 1 FROM students_recordentry e WHERE e.table = 'number' AND e.row = was.id)
AND {mine}
"""

_NAMESAKES = """
SELECT LEAST(x.id, y.id), GREATEST(x.id, y.id), NULL::bigint,
    '姓名、性别、出生日期相同，' || CASE WHEN hx.id IS NULL AND hy.id IS NULL THEN '两份都' ELSE '其中一份' END
    || '没有证件号'
FROM students_student x
JOIN students_student y ON y.birth_date = x.birth_date AND y.sex = x.sex AND y.name = x.name AND y.id <> x.id
LEFT JOIN students_studentnumber hx ON hx.student_id = x.id AND hx.kind = 'id' AND hx.until IS NULL
LEFT JOIN students_studentnumber hy ON hy.student_id = y.id AND hy.kind = 'id' AND hy.until IS NULL
WHERE (hx.id IS NULL OR hy.id IS NULL) AND NOT x.status = ANY(%(out)s) AND NOT y.status = ANY(%(out)s)
AND {mine}
"""

_READ = """
SELECT child, NULL::bigint, number, facts
FROM unnest(%(children)s::bigint[], %(numbers)s::bigint[], %(said)s::text[]) r (child, number, facts)
"""


@dataclass(frozen=True)
class Held:
    """The opened current ID number of a child of type 1, beside what the record says."""

    pk: int
    child: int
    number: str
    sex: str
    birth: object


def detect(ids: list[int] | None = None) -> None:
    """Bring every finding up to date: of the county, or of these children and of whoever they are confused with."""
    _same_numbers(ids)
    _namesakes(ids)
    _numbers_at_fault(ids)
    findings.lapse(ids)


@transaction.atomic
def recheck(ids: Iterable[int]) -> None:
    """After a decision: look again at the children it changed, whose locks the caller holds."""
    ids = list(ids)
    if not ids:
        return
    before = findings.partners_of(ids)
    detect(ids)
    findings.show(before | findings.partners_of(ids), wait=False)


@transaction.atomic
def detect_county() -> dict[str, int]:
    """Look at every child; returns the number of open findings by class."""
    detect()
    findings.show()
    counts: dict[str, int] = defaultdict(int)
    for what in Problem.objects.open().values_list("what", flat=True):
        counts[what] += 1
    return {what: counts[what] for what in Problem.What.values}


def _same_numbers(ids) -> None:
    mine = "(now.student_id = ANY(%(ids)s) OR was.student_id = ANY(%(ids)s))" if ids else "true"
    what = Problem.What.SAME_NUMBER.value
    detected = "p.other_id IS NOT NULL"
    findings.tell(what, _SAME_NUMBER.format(mine=mine), ids=ids, detected=detected, out=list(OUT))


def _namesakes(ids) -> None:
    mine = "x.id = ANY(%(ids)s)" if ids else "x.id < y.id"
    findings.tell(Problem.What.NAMESAKE.value, _NAMESAKES.format(mine=mine), ids=ids, out=list(OUT))


def _numbers_at_fault(ids) -> None:
    """Open the numbers of type 1 in batches; two classes come of one reading."""
    wrong, differing = [], []
    for held in _opened(ids):
        if not is_citizen_shaped(held.number):
            wrong.append((held.child, held.pk, "证件号不足或超过18位，或最后一位校验码不对"))
        elif said := difference(held):
            differing.append((held.child, held.pk, said))
    for what, rows in ((Problem.What.WRONG_NUMBER, wrong), (Problem.What.MISMATCH, differing)):
        children, numbers, said = ([row[n] for row in rows] for n in range(3))
        findings.tell(what.value, _READ, ids=ids, children=children, numbers=numbers, said=said)


def difference(held: Held) -> str:
    """What the number says otherwise than the record, in words; "" when they agree."""
    parts = []
    if sex_of(held.number) != held.sex:
        parts.append(f"证件号第17位表示的性别与登记的性别（{'男' if held.sex == '1' else '女'}）不同")
    if birth_of(held.number) != held.birth:
        parts.append(f"证件号第7—14位与登记的出生日期（{held.birth:%Y年%-m月%-d日}）不同")
    return "；".join(parts)


def _opened(ids) -> Iterator[Held]:
    rows = StudentNumber.objects.filter(kind=NumberKind.ID, until=None, student__id_type=RESIDENT)
    if ids is not None:
        rows = rows.filter(student__in=ids)
    rows = rows.exclude(student__status__in=OUT).order_by("pk")
    columns = ("pk", "student_id", "student__wrapped_key", "cipher", "student__sex", "student__birth_date")
    aad = number_aad(NumberKind.ID)
    for pk, child, key, cipher, sex, birth in rows.values_list(*columns).iterator(chunk_size=BATCH):
        yield Held(pk, child, vault.open_(bytes(key), bytes(cipher), aad), sex, birth)


def children_like(child: Student):
    """Other records that may be the same child: same name, sex and birth date, a common number, or an open finding."""
    same = {"name": child.name, "sex": child.sex, "birth_date": child.birth_date}
    numbers = StudentNumber.objects.filter(index__in=child.numbers.values("index"))
    found = Problem.objects.about(child).open()
    like = Student.objects.filter(**same) | Student.objects.filter(pk__in=numbers.values("student"))
    like |= Student.objects.filter(pk__in=found.values("child")) | Student.objects.filter(pk__in=found.values("other"))
    return like.exclude(pk=child.pk).exclude(status__in=OUT)
