"""Whom a row means: by ID number, then by 学籍号, then, without numbers, by name, sex and birth date; and whether this
school may touch that child's record at all (第七、八、二十四条).
"""

from dataclasses import dataclass

from law import articles
from schools.models import School
from students.importing.cells import Verdict
from students.importing.findings import ERROR, WARNING
from students.importing.records import Fingerprint, KnownChild, Namesake, Records
from students.models import Registration, Student

# Whose record a school keeps up to date.
LIVING_HERE = frozenset({"enrolled", "suspended", "dropped_out", "in_custody"})
_LEFT = frozenset({"moved_away", "abroad"})


@dataclass(slots=True)
class Match:
    """The child a row means (None: a new one) and what is to be said about it."""

    child: KnownChild | None = None
    verdict: Verdict | None = None

    @property
    def refused(self) -> bool:
        return bool(self.verdict and self.verdict.level == ERROR)


def match(mark: Fingerprint, records: Records, school: School) -> Match:
    """Recognise one row. A refusal names school and article; a mere namesake is a warning."""
    by_id, by_registry = records.holders.get(mark.id_number), records.holders.get(mark.registry_number)
    if by_id and by_registry and by_id != by_registry:
        return Match(verdict=Verdict(ERROR, "numbers_of_two", "身份证件号与学籍号分属两名学生", "请核对两个号码"))
    if found := by_id or by_registry:
        return judged(records.children[found], school)
    return match_by_name(mark, records, school)


def match_by_name(mark: Fingerprint, records: Records, school: School) -> Match:
    """A row whose numbers nobody holds, against children of the same name, sex and birth date."""
    group = records.namesakes.get(mark.triple, []) if mark.triple else []
    candidates = group if mark.id_number is None else [each for each in group if not each.has_id]
    candidates = [each for each in candidates if each.school_id == school.pk] or candidates
    if len(candidates) > 1:
        message = "姓名、性别、出生日期相同的学生不止一名，无法确定是谁"
        return Match(verdict=Verdict(ERROR, "child_ambiguous", message, "请填写身份证件号或学籍号"))
    if candidates:
        return judged(records.children[candidates[0].pk], school)
    return Match(verdict=_namesake(group, records) if group else None)


def _namesake(group: list[Namesake], records: Records) -> Verdict:
    where = "、".join(dict.fromkeys(records.children[each.pk].school_name for each in group))
    message = f"{where}已有姓名、性别、出生日期相同而证件号不同的学生"
    return Verdict(WARNING, "namesake_in_county", message, "请核实不是同一人（一人一籍，第七条）；双胞胎、同名除外")


def judged(child: KnownChild, school: School) -> Match:
    """May an import of this school touch this child? Never moves anybody (第七条)."""
    if child.status == Student.Status.PENDING:
        return Match(child, _pending(child, school))
    if child.status in _LEFT:
        message = "该生学籍已转出本县，须接续原有档案，不得新建学籍"
        remedy = f"请按转入办理接续（{articles.CHANGES_IN_TIME}）"
        return Match(child, Verdict(ERROR, "record_elsewhere", message, remedy))
    if child.status not in LIVING_HERE:
        return Match(child, _ended(child))
    if child.school_id != school.pk:
        message = f"该生已在{child.school_name}建立学籍"
        remedy = f"请办理转学（{articles.ONE_CHILD_ONE_RECORD}、{articles.NO_SEAT_NO_TRANSFER}）"
        return Match(child, Verdict(ERROR, "at_other_school", message, remedy))
    return Match(child)


def _pending(child: KnownChild, school: School) -> Verdict | None:
    """A child that still waits: in an open batch of this school it is recognised, anywhere else it is taken."""
    batch, case = child.batch, child.open_case
    if child.school_id == school.pk and batch and batch.closed_on is None:
        return None
    what = f"{case.kind_name}{case.number}" if case else "学籍业务"
    message = f"{child.school_name}正在为该生办理{what}"
    return Verdict(ERROR, "pending_elsewhere", message, f"请等其办结或撤回（{articles.CHANGES_IN_TIME}）")


def _ended(child: KnownChild) -> Verdict:
    word = Student.Status(child.status).label
    message = f"该生学籍状态为“{word}”（{child.school_name}），不得重复建籍"
    remedy = f"小学毕业生由初中接续原学籍（{articles.REGISTER_GRADE_SEVEN}），其他请核对"
    return Verdict(ERROR, "record_ended", message, remedy)


def still_with_registrar(batch: Registration) -> bool:
    """True while nobody else has signed the batch, so that its rows may still be put right."""
    return batch.state == Registration.State.FILLED
