"""Key fields that a list gives otherwise than the record: each child becomes a draft of 基本信息变更 (第十二条)."""

from dataclasses import dataclass, field

from accounts.models import User
from approvals.errors import Refused
from students import corrections
from students.changes import start_change
from students.dictionary.fields import by_attribute
from students.importing.service import permit
from students.models import Correction, ImportFile, Student

# So many drafts are begun at a press; the others stay on the page.
AT_ONCE = 50
_MAY_ASK = frozenset(each.attribute for each in corrections.CORRECTED)


@dataclass
class Drafted:
    """The drafts that were begun, and why others were not."""

    cases: list = field(default_factory=list)
    refusals: list[dict] = field(default_factory=list)


def draft(file: ImportFile, by: User) -> Drafted:
    """Begin a draft for every child whose key fields differ; papers and signatures are still to come.

    Raises NotYourHand. A child that another change is open for, or whom the law does not let be changed now, is told.
    """
    permit(file.school, by)
    done = Drafted()
    wishes = file.report.get("corrections", [])
    children = {
        child.slug: child for child in Student.objects.filter(school=file.school, slug__in=[w["slug"] for w in wishes])
    }
    for wish in wishes:
        child = children.get(wish["slug"])
        changes = asked(child, wish["wanted"]) if child else {}
        if changes and len(done.cases) < AT_ONCE:
            begin(done, file, child, wish, changes, by)
    return done


def asked(child: Student, wanted: dict) -> dict:
    """What of the wish still differs from the record."""
    typed = {name: corrections.typed(by_attribute(name), value) for name, value in wanted.items() if name in _MAY_ASK}
    return corrections.asked_of(child, typed)


def begin(done: Drafted, file: ImportFile, child: Student, wish: dict, changes: dict, by: User) -> None:
    note = f"名册“{file.name[:60]}”第 {wish['row']} 行与学籍不一致，请核对证明材料"
    try:
        done.cases.append(start_change(Correction, child, by=by, reason_note=note, changes=changes))
    except Refused as refusal:
        done.refusals += [{"message": f"{wish['name']}（第 {wish['row']} 行）：{said}"} for said in refusal.sentences]
