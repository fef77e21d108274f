"""A whole import taken back, while nothing stands on it; what does is named."""

from django.db import transaction

from accounts.models import User
from approvals.errors import Refused
from approvals.services import lock_children, perform
from law import articles
from students.dictionary.fields import by_attribute
from students.importing.matching import LIVING_HERE
from students.importing.service import lock_imports, permit
from students.journal import TABLES, overwritten
from students.models import ImportFile, RecordEntry, Registration, Student
from students.naming import NAMED, named

State = Registration.State
OPEN_TO_UNDO = (State.FILLED, State.SCHOOL_CHECK, State.BUREAU, State.SETTLED)
# A child of an open batch is brought up to date by a second list as well.
_STILL_HERE = LIVING_HERE | {Student.Status.PENDING}
# What is done to the batch itself once it is filled; its way through the desks is no work on the children.
_WAY = frozenset({"fill", "settle", "hand_in", "vouch", "send_back", "propose"})


@transaction.atomic
def undo(file: ImportFile, by: User, reason: str) -> ImportFile:
    """Take the import back through its own batch. Raises Refused with everything that stands on it, NotYourHand."""
    file = ImportFile.objects.select_for_update().select_related("school").get(pk=file.pk)
    permit(file.school, by)
    lock_imports()
    lock_children(set(RecordEntry.objects.filter(case_id=file.registration_id).values_list("child_id", flat=True)))
    standing = what_stands_on(file)
    if standing:
        raise Refused(*standing)
    file.registration = perform(file.registration, "take_back", by=by, opinion=reason)
    file.state = ImportFile.State.UNDONE
    file.save(update_fields=["state"])
    return file


def may_be_undone(file: ImportFile) -> bool:
    """True while the way back is open; whether something stands on the import is asked when it is gone."""
    return bool(file.state == file.State.COMMITTED and file.registration and file.registration.state in OPEN_TO_UNDO)


def why_closed(file: ImportFile) -> str:
    """Why the school can no longer take a committed import back, and what it can do instead; "" while it can."""
    case = file.registration
    if file.state != file.State.COMMITTED or case is None or case.state in OPEN_TO_UNDO:
        return ""
    if case.state == State.DONE:
        return (
            f"批次{case.number}已由教育局准予注册，学籍已经建立（{articles.REGISTER_IN_A_MONTH}），学校不能再整批撤销导入："
            f"决定只由进一步的决定更正（{articles.DECISION_CORRECTED}）。信息有误的，逐名办理信息变更（{articles.CORRECTION}）；"
            f"重复或错误建籍的，申请删除学籍（{articles.NO_FALSE_RECORD}）。"
        )
    if case.state == State.BUREAU_CHECK:
        return f"批次{case.number}正在教育局审核（{articles.REGISTER_IN_A_MONTH}）。请等教育局退回学校后再撤销。"
    rest = f"已更新的在籍学生请逐名更正（{articles.VOLATILE_FIELDS}）"
    return f"批次{case.number}现为“{case.state_name}”，新生已不在名册，没有可以撤销的新建。{rest}。"


def what_stands_on(file: ImportFile) -> list[str]:
    """Sentences, each with its remedy; none when the import may be undone."""
    case = file.registration
    if file.state != file.State.COMMITTED or case is None:
        return [f"“{file.name}”现为“{file.get_state_display()}”，没有可以撤销的内容。"]
    if closed := why_closed(file):
        return [closed]
    return [*_work_on_the_batch(case), *_gone_since(case), *_written_since(case)]


def _work_on_the_batch(case: Registration) -> list[str]:
    """Children typed in, taken out, corrected, seated or signed for by hand since the batch was filled."""
    steps = case.steps.exclude(action__in=_WAY).order_by("pk")
    if not steps:
        return []
    done = "、".join(
        dict.fromkeys(f"{step.label}（{step.opinion}）" if step.opinion else step.label for step in steps[:NAMED])
    )
    return [f"批次{case.number}导入之后又办理了：{done}。不再需要本批的，请在批次页“撤回本批”。"]


def _gone_since(case: Registration) -> list[str]:
    """Children whose record another school keeps by now, or whose record has ended: nothing of theirs is put back."""
    about = Student.objects.filter(pk__in=_entries_of(case).values("child"))
    gone = about.exclude(school_id=case.lead_school_id, status__in=_STILL_HERE).select_related("school")
    told = [f"{child.name}（{child.school.short_name}，{child.get_status_display()}）" for child in gone.order_by("pk")]
    if not told:
        return []
    remedy = "他们的学籍由现学籍学校逐名更正，本校不能改回；其余学生请在本校逐名更正"
    return [f"{named(told)}已不是本校在籍学生，不能整批撤销。{remedy}（{articles.VOLATILE_FIELDS}）。"]


def _written_since(case: Registration) -> list[str]:
    """Children on record whose changed fields say something else by now, or were written again by a later case."""
    entries = list(_entries_of(case).select_related("child"))
    found = [
        f"{entry.child.name}的“{_label(entry.table, column)}”" + (f"已由{number}改动" if number else "后来又有改动")
        for entry, column, number in overwritten(entries, {entry.child_id for entry in entries})
    ]
    if not found:
        return []
    more = f"等 {len(found)} 处" if len(found) > NAMED else ""
    return [
        f"{'、'.join(found[:NAMED])}{more}，不能整批撤销。请先更正后来的改动，或逐名更正（{articles.VOLATILE_FIELDS}）。"
    ]


def _entries_of(case: Registration):
    return RecordEntry.objects.filter(case_id=case.pk).order_by("pk")


def _label(table: str, column: str) -> str:
    if table == "family":
        return f"家庭成员{TABLES[table][0]._meta.get_field(column).verbose_name}"
    try:
        return by_attribute(column).label
    except KeyError:
        return str(TABLES[table][0]._meta.get_field(column).verbose_name)
