"""Where the children of a list are: all lines in a fixed number of questions, every child found leaves a trace."""

from collections import Counter
from dataclasses import dataclass

from django.db import models, transaction

from accounts.models import User
from accounts.policies import Powers
from approvals.errors import NotYourHand, Refused
from jianping_xueji import vault
from law import articles, clock
from schools.models import Bureau

from .. import idnumber, registry_number
from ..importing.records import AnyOf, holders_of
from ..models.child import NumberKind, Student
from ..models.traces import Look
from ..roster.models import bureaus_of
from .models import PURPOSE_LENGTH, CheckRun
from .sheet import MOST, Line

RIGHTS = ("make_change", "bureau_make")
NOT_YOURS = f"批量核查由学校学籍管理员或教育局经办人员办理（{articles.WRITTEN_APPROVAL}）。"
NAMESAKES = 5


class Tab(models.TextChoices):
    """What became of a child on the list."""

    HERE = "here", "在学"
    SUSPENDED = "suspended", "休学"
    DROPPED_OUT = "dropped_out", "辍学"
    MOVED_AWAY = "moved_away", "转出"
    ELSEWHERE = "elsewhere", "非本县"
    WRONG = "wrong", "号码错误"
    NOBODY = "nobody", "查无此人"
    OTHER = "other", "毕业等其他"


TAB_OF = {
    "enrolled": Tab.HERE,
    "in_custody": Tab.HERE,
    "suspended": Tab.SUSPENDED,
    "dropped_out": Tab.DROPPED_OUT,
    "moved_away": Tab.MOVED_AWAY,
    "abroad": Tab.MOVED_AWAY,
}


@dataclass
class Answer:
    """One line with one child it means, or none."""

    line: Line
    tab: str
    said: str = ""
    child: Student | None = None
    seen: bool = False
    named: bool = False

    def as_dict(self) -> dict:
        """Masked, as it is kept: of another school's child no name beyond what was asked, its school only when both
        name and number were right."""
        child, shown = self.child, self.seen or self.named
        return {
            "row": self.line.row,
            "asked": " ".join(filter(None, (self.line.name, masked(self.line.number)))),
            "tab": str(self.tab),
            "name": child.name if child and shown else vault.mask_name(child.name) if child else "",
            "word": child.get_status_display() if child else "",
            "school": child.school.short_name if child and shown else "他校" if child else "",
            "slug": child.slug if child and self.seen else "",
            "said": self.said,
        }


def masked(number: str) -> str:
    return vault.mask(number) if number else ""


@transaction.atomic
def check(lines: list[Line], *, purpose: str, by: User) -> CheckRun:
    """Look every line up, keep the masked result and the traces. Raises NotYourHand, Refused."""
    powers, purpose = Powers.of(by), purpose.strip()
    if not any(powers.schools(right) for right in RIGHTS):
        raise NotYourHand(NOT_YOURS)
    if not purpose or len(purpose) > PURPOSE_LENGTH:
        raise Refused(f"请写明核查的用途，不超过{PURPOSE_LENGTH}字，随查看留痕（{articles.WRITTEN_APPROVAL}）。")
    if not lines:
        raise Refused("名单是空的。请每行写一名学生：姓名、号码，或者两样都写。")
    if len(lines) > MOST:
        raise Refused(f"名单有{len(lines)}行，一次最多{MOST}行，请分开核查。")
    found = answers_to(lines, powers, by)
    run = CheckRun(by=by, on=clock.today(), purpose=purpose, counts=dict(Counter(str(each.tab) for each in found)))
    run.hold([each.as_dict() for each in found])
    run.save()
    keep_traces(found, len(lines), purpose, powers, by)
    return run


def answers_to(lines: list[Line], powers: Powers, by: User) -> list[Answer]:
    """Numbers by one statement over their fingerprints, names by one over the children in sight."""
    sight = powers.schools("view_school")
    numbers = {line.number for line in lines if line.number}
    index = {number: [vault.index(number, kind) for kind in NumberKind.values] for number in numbers}
    holders = holders_of(each for pair in index.values() for each in pair)
    by_number = {n: next((holders[i] for i in pair if i in holders), None) for n, pair in index.items()}
    children = Student.objects.select_related("school").in_bulk([pk for pk in set(by_number.values()) if pk])
    by_name = namesakes(lines, sight)
    place, first = Place.of(sight, bool(bureaus_of(by))), {}
    found = []
    for line in lines:
        known = children.get(by_number.get(line.number))
        answers = place.of_number(line, known) if line.number or line.fault else place.of_name(line, by_name)
        key = (line.number, line.name)
        if key in first:
            for answer in answers:
                answer.said = "；".join(filter(None, (f"与第{first[key]}行重复", answer.said)))
        first.setdefault(key, line.row)
        found += answers
    return found


def namesakes(lines: list[Line], sight: set[int]) -> dict[str, list[Student]]:
    """Children in sight by the names asked about; a name alone never opens another school's register."""
    names = {line.name for line in lines if line.name and not line.number}
    found: dict[str, list[Student]] = {}
    rows = Student.objects.filter(AnyOf("name", names), AnyOf("school_id", sight)).exclude(
        status__in=("rejected", "deleted", "merged")
    )
    for child in rows.select_related("school").order_by("pk"):
        found.setdefault(child.name, []).append(child)
    return found


@dataclass
class Place:
    """Judges one line: what the person may see decides how much is said. `counties`: bureau → its six digits."""

    sight: set[int]
    of_bureau: bool
    counties: dict[int, str]

    @classmethod
    def of(cls, sight: set[int], of_bureau: bool) -> "Place":
        rows = Bureau.objects.filter(school__in=sight).values_list("pk", "division_id").distinct()
        return cls(sight, of_bureau, {pk: code[:6] for pk, code in rows})

    def of_number(self, line: Line, child: Student | None) -> list[Answer]:
        if line.fault:
            return [Answer(line, Tab.WRONG, line.fault)]
        if child is None:
            return [self.unknown(line)]
        seen = child.school_id in self.sight
        if line.name and line.name != child.name:
            said = f"号码登记在“{child.name}”名下" if seen else "号码登记在另一姓名名下"
            return [Answer(line, self.tab_of(child), said, child, seen)]
        return [Answer(line, self.tab_of(child), "", child, seen, bool(line.name))]

    def of_name(self, line: Line, by_name: dict[str, list[Student]]) -> list[Answer]:
        children = by_name.get(line.name, [])
        if not children:
            where = "本县" if self.of_bureau else "本校"
            return [Answer(line, Tab.NOBODY, f"{where}没有这个姓名的学生；有号码的请写上号码再查")]
        said = f"同名{len(children)}人，请写上号码确认" if len(children) > 1 else ""
        return [Answer(line, self.tab_of(child), said, child, True, True) for child in children[:NAMESAKES]]

    def tab_of(self, child: Student) -> Tab:
        """The state of the record; one kept by another county's bureau is not ours."""
        if child.school.bureau_id not in self.counties:
            return Tab.ELSEWHERE
        return TAB_OF.get(child.status, Tab.OTHER)

    def unknown(self, line: Line) -> Answer:
        """Nobody holds or held it: is it a number at all, and was it issued here?"""
        number = line.number
        if number[:1] in "GJL" and len(number) == 19:
            if not registry_number.is_well_formed(number):
                return Answer(line, Tab.WRONG, "学籍号格式不对，应为G、J或L加18位")
            return Answer(line, Tab.NOBODY, "全县没有学生持有或曾用这个学籍号")
        problems = idnumber.check(number, idnumber.RESIDENT, today=clock.today())
        if wrong := [each.message for each in problems if each.level == idnumber.ERROR]:
            return Answer(line, Tab.WRONG, "；".join(wrong))
        if number[:6] not in self.counties.values():
            return Answer(line, Tab.ELSEWHERE, "号码不是本县签发，本县没有该生学籍")
        return Answer(line, Tab.NOBODY, "全县没有学生持有或曾用这个号码")


def keep_traces(found: list[Answer], rows: int, purpose: str, powers: Powers, by: User) -> None:
    """One look for the list, and one for each child it found (第三十七条)."""
    behind = next((p for right in RIGHTS for held in powers.held.get(right, {}).values() for p in held), None)
    acting = behind.appointment.school if behind else None
    common = {"kind": Look.Kind.CHECK, "school": acting, "user": by, "legal_date": clock.today()}
    children = {answer.child.pk for answer in found if answer.child}
    whole = Look(reason=f"批量核查{rows}行，查到{len(children)}名：{purpose}", student=None, **common)
    each = [Look(reason=f"批量核查：{purpose}", student_id=pk, **common) for pk in sorted(children)]
    Look.objects.bulk_create([whole, *each], batch_size=1000)
