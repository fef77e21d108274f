"""Key fields that a list gives otherwise than the record: each child becomes a draft of 基本信息变更 (第十二条)."""

from dataclasses import dataclass, field

from accounts.models import User
from approvals.errors import Refused
from approvals.models import Case, CaseSubject
from students import corrections
from students.changes import start_change
from students.dictionary.fields import by_attribute
from students.importing.presenting import LONGEST_CURSOR
from students.importing.service import permit
from students.models import Correction, ImportFile, Student

# So many children are tried at a press; the next press goes on behind them.
AT_ONCE = 50
_MAY_ASK = frozenset(each.attribute for each in corrections.CORRECTED)
_STANDS = (ImportFile.State.PARSED, ImportFile.State.COMMITTED)


@dataclass
class Wanted:
    """A child of the school whose key fields still differ from the list: the row's wish, and the open change."""

    child: Student
    wish: dict
    changes: dict
    case: Case | None = None

    @property
    def labels(self) -> list[str]:
        return [by_attribute(name).label for name in self.changes]


@dataclass
class Drafted:
    """The drafts that were begun, why others were not, and the row of the list at which to go on."""

    cases: list = field(default_factory=list)
    refusals: list[dict] = field(default_factory=list)
    last_row: int = 0


def board(file: ImportFile) -> list[Wanted]:
    """Everybody whom the list names otherwise than the record does, in its order; in a constant number of queries."""
    wishes = file.report.get("corrections", []) if file.state in _STANDS else []
    if not wishes:
        return []
    here = Student.objects.filter(school=file.school_id, slug__in=[wish["slug"] for wish in wishes])
    children = {child.slug: child for child in here.prefetch_related("numbers")}
    busy = CaseSubject.objects.filter(child__in=children.values(), blocking=True).select_related("case")
    cases = {subject.child_id: subject.case for subject in busy}
    met = [(child, wish) for wish in wishes if (child := children.get(wish["slug"]))]
    found = [Wanted(child, wish, asked(child, wish["wanted"]), cases.get(child.pk)) for child, wish in met]
    return [each for each in found if each.changes]


def page_of(file: ImportFile, after: str) -> dict:
    """What the preview shows of them: those nobody works on yet, those in hand, and where the next press goes on."""
    met = board(file)
    free, busy = [each for each in met if not each.case], [each for each in met if each.case]
    shown = [*free, *busy][:AT_ONCE]
    go_on = after if after.isdecimal() and len(after) <= LONGEST_CURSOR else ""
    return {"count": len(met), "free": len(free), "busy": len(busy), "shown": shown, "after": go_on, "at_once": AT_ONCE}


def draft(file: ImportFile, by: User, *, after: int = 0) -> Drafted:
    """Begin a draft for the next children whose key fields differ; papers and signatures are still to come.

    A child that another change is open for is passed over. `after`: the row of the list behind which to go on; what
    lies before it has its turn when the end is reached. Raises NotYourHand, Refused for a list that no longer stands.
    """
    permit(file.school, by)
    if file.state not in _STANDS:
        raise Refused(f"“{file.name}”现为“{file.get_state_display()}”，不能再据此起草变更。请重新上传名册。")
    done = Drafted()
    free = sorted((each for each in board(file) if not each.case), key=lambda each: each.wish["row"] <= after)
    for each in free[:AT_ONCE]:
        begin(done, file, each, by)
    return done


def asked(child: Student, wanted: dict) -> dict:
    """What of the wish still differs from the record."""
    typed = {name: corrections.typed(by_attribute(name), value) for name, value in wanted.items() if name in _MAY_ASK}
    return corrections.asked_of(child, typed)


def begin(done: Drafted, file: ImportFile, each: Wanted, by: User) -> None:
    row, done.last_row = each.wish["row"], each.wish["row"]
    note = f"名册“{file.name[:60]}”第 {row} 行与学籍不一致，请核对证明材料"
    try:
        done.cases.append(start_change(Correction, each.child, by=by, reason_note=note, changes=each.changes))
    except Refused as refusal:
        done.refusals += [{"message": f"{each.child.name}（第 {row} 行）：{said}"} for said in refusal.sentences]
