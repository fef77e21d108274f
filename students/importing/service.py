"""Taking in a workbook, showing what it would do, doing it: nothing is written before the preview is confirmed."""

from collections.abc import Callable

from django.db import connection, transaction

from accounts.models import User
from accounts.policies import Powers
from approvals.errors import NotYourHand, Refused
from approvals.services import open_case, perform
from jianping_xueji import vault
from jianping_xueji.jobs import Job
from jianping_xueji.jobs.services import start
from jianping_xueji.vault import files
from law import clock
from schools.models import School, SchoolClass
from students.importing import repairs
from students.importing.choosing import choice_for, remember
from students.importing.classes import ClassRef
from students.importing.collector import collector_paused
from students.importing.container import SCHOOL, Limits
from students.importing.headers import Choice
from students.importing.planning import Plan, Tell, make_plan, nobody_listens
from students.importing.workbook import ParsedBook, read_workbook
from students.models import ImportFile, Registration, Student
from students.models.imports import FILE_PLACE
from students.problems.claims import claimed

State = ImportFile.State
Phase = Callable[[str], None]

# All imports of the county write one after the other: children without a number have no unique index to guard them.
_IMPORT_LOCK = 5_208_817_201


class PlanChanged(Refused):
    """The records moved between preview and confirmation; `plan` is what the file would do now."""

    def __init__(self, plan: Plan):
        super().__init__("预览之后学籍数据有变化，本次没有写入。已重新比对，请核对新的预览后再提交。")
        self.plan = plan


def take_in(data: bytes, name: str, school: School, by: User, *, partial: bool = False) -> ImportFile:
    """Keep an upload, sealed under a key of its own. Raises NotYourHand without 学校经办 at the school.

    `partial`: a list that only brings children on record up to date.
    """
    permit(school, by)
    key = vault.new_child_key()
    kept = files.store(key, data, FILE_PLACE)
    shown = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return ImportFile.objects.create(
        school=school, uploaded_by=by, name=shown[-120:] or "未命名.xlsx", size=kept.size, sha256=kept.sha256,
        wrapped_key=key, stored_name=kept.name, choice={"partial": True} if partial else {},
    )  # fmt: skip


def permit(school: School, by: User) -> None:
    """Raises NotYourHand for whoever does not keep the records of this school."""
    if not Powers.of(by).on(Registration.OPENER.right, school.pk):
        raise NotYourHand(f"您在{school}没有学校经办职权，不能导入该校名册。")


@transaction.atomic
def upload(data: bytes, name: str, school: School, by: User, *, partial: bool = False) -> ImportFile:
    """Keep an upload and let a job read it."""
    return begin(take_in(data, name, school, by, partial=partial), "import.read", {}, by)


@transaction.atomic
def ask_to_commit(file: ImportFile, by: User, *, accept_warnings: bool, only_good: bool) -> ImportFile:
    """Let a job write what the preview showed. Raises Refused when the choices do not allow it."""
    file = ImportFile.objects.select_for_update().get(pk=file.pk)
    permit(file.school, by)
    _refuse_unready(file)
    refuse_unsettled(file.counts, accept_warnings=accept_warnings, only_good=only_good)
    return begin(file, "import.commit", {"accept_warnings": accept_warnings, "only_good": only_good}, by)


@transaction.atomic
def read_again(file: ImportFile, by: User, *, said: dict, mapping: list[dict]) -> ImportFile:
    """Let a job read the upload by what a person says of its columns, and remember it for the school.

    `said`: sheet, head and columns (letter → attribute, "" to leave out), as `ImportFile.choice` keeps them; `mapping`:
    the columns as they were shown. Raises Refused when the file is past it or a job works on it, NotYourHand.
    """
    file = _lock_to_read(file, by)
    remember(file.school, mapping, said["columns"], by)
    return _read_by(file, by, **said, as_typed=[])


@transaction.atomic
def decide_repair(file: ImportFile, by: User, cell: str, *, wanted: bool) -> ImportFile:
    """Let a job read the upload without (or again with) the automatic repair of one cell, such as C25.

    Raises Refused when it is no cell, when too many are taken back, or when the file is past it; NotYourHand.
    """
    file = _lock_to_read(file, by)
    cells = {*file.choice.get("as_typed", ())} - {cell} if wanted else {*file.choice.get("as_typed", ()), cell}
    if not repairs.is_cell(cell):
        raise Refused(f"“{cell[:20]}”不是单元格，请写列和行，如 C25。")
    if len(cells) > repairs.MOST:
        raise Refused(f"还原的单元格超过 {repairs.MOST} 处，请改好原表后重新上传。")
    return _read_by(file, by, as_typed=sorted(cells))


def _lock_to_read(file: ImportFile, by: User) -> ImportFile:
    file = ImportFile.objects.select_for_update().select_related("school").get(pk=file.pk)
    permit(file.school, by)
    if not file.may_be_read_otherwise or Job.objects.filter(pk=file.job_id, finished_at=None).exists():
        raise Refused(f"“{file.name}”现为“{file.get_state_display()}”或正在处理，不能再改读法。")
    return file


def _read_by(file: ImportFile, by: User, **said) -> ImportFile:
    """Let a job read the upload once more, by what has been said of it."""
    file.choice = {**file.choice, **said}
    file.state = State.READING
    file.save(update_fields=["choice", "state"])
    return begin(file, "import.read", {}, by)


def begin(file: ImportFile, kind: str, choices: dict, by: User) -> ImportFile:
    """Let a job of this kind work on the file once the transaction is committed."""
    arguments = {"file": file.pk, "url": file.get_absolute_url(), **choices}
    file.job_id = start(kind, arguments, by=by, school_id=file.school_id).pk
    file.save(update_fields=["job_id"])
    return file


# --- looking ---------------------------------------------------------------------------------------------------------


def class_refs(school: School) -> list[ClassRef]:
    """The school's living classes as the reading needs them."""
    rows = SchoolClass.objects.filter(school=school, closed_on=None).values_list("pk", "stage", "cohort", "number")
    return [ClassRef(*row) for row in rows]


@collector_paused()
def read(
    data: bytes,
    school: School,
    *,
    limits: Limits = SCHOOL,
    phase: Phase = lambda name: None,
    choice: Choice | None = None,
    partial: bool = False,
) -> ParsedBook:
    """Read, normalise and judge a workbook for a school; touches no records. Without `choice`, as the school said."""
    return read_workbook(
        data,
        school_code=school.code,
        school_classes=class_refs(school),
        today=clock.today(),
        choice=choice or choice_for(school),
        partial=partial,
        limits=limits,
        phase=phase,
    )


def keep_preview(file: ImportFile, parsed: ParsedBook, plan: Plan) -> ImportFile:
    """Note what the file would do; the findings and differences stay sealed."""
    file.state = State.UNUSABLE if plan.stopped else State.PARSED
    file.sheet, file.version, file.mapping, file.head = parsed.sheet[:60], parsed.version, parsed.mapping, parsed.head
    file.counts, file.digest = plan.counts, plan.digest
    file.report = {
        "findings": [each.as_dict() for each in plan.findings],
        "differences": plan.differences(),
        "corrections": [each.as_dict() for each in plan.corrections],
        "outline": parsed.outline,
    }
    file.save()
    return file


# --- doing -----------------------------------------------------------------------------------------------------------


def refuse_unsettled(counts: dict, *, accept_warnings: bool, only_good: bool) -> None:
    """All rows or, by choice, the good ones; warnings only after they were looked at."""
    refusals = []
    if counts["errors"] and not only_good:
        refusals.append(f"名册中有 {counts['error']} 行有误。请改正后重新上传，或勾选“只提交无误的行”。")
    if counts["warnings"] and not accept_warnings:
        refusals.append(f"有 {counts['warnings']} 处提示尚未确认，请逐条看过后勾选“提示已核对”。")
    if refusals:
        raise Refused(*refusals)


@transaction.atomic
def commit(
    file: ImportFile,
    parsed: ParsedBook,
    *,
    by: User,
    accept_warnings: bool = False,
    only_good: bool = False,
    tell: Tell = nobody_listens,
) -> ImportFile:
    """Write what the preview showed, all of it or nothing: a registration case with its pending children, and
    changes of ordinary fields of children on record. A file that says nothing new opens no case. `tell` hears the rows.

    Raises Refused (unsettled findings, already committed, a number taken meanwhile), PlanChanged, NotYourHand.
    """
    file = ImportFile.objects.select_for_update().select_related("school").get(pk=file.pk)
    _refuse_unready(file)
    lock_imports()
    plan = make_plan(parsed, file.school, tell)
    if plan.digest != file.digest:
        raise PlanChanged(plan)
    return carry_out(file, plan, by=by, accept_warnings=accept_warnings, only_good=only_good)


def lock_imports() -> None:
    """From here to the end of the transaction no other import writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])


@transaction.atomic
def carry_out(file: ImportFile, plan: Plan, *, by: User, accept_warnings: bool, only_good: bool) -> ImportFile:
    """Write a plan made under `lock_imports()`. Raises Refused, NotYourHand."""
    permit(file.school, by)
    refuse_unsettled(plan.counts, accept_warnings=accept_warnings, only_good=only_good)
    for holder in Student.objects.filter(pk__in=dict(plan.claims)).order_by("pk"):
        claimed(holder, name=dict(plan.claims)[holder.pk], by=file.school)
    file.registration = None if plan.changes_nothing else _register(file, plan, by)
    file.state = State.COMMITTED
    file.save(update_fields=["registration", "state"])
    return file


def _refuse_unready(file: ImportFile) -> None:
    if file.state != State.PARSED:
        raise Refused(f"“{file.name}”现为“{file.get_state_display()}”，不能再提交。")


def _register(file: ImportFile, plan: Plan, by: User) -> Registration:
    """Fill a new batch through the one door; one without new children is settled at once."""
    title = f"{file.school}{clock.today():%Y年%-m月%-d日}导入（{file.name[:40]}）"
    case = open_case(Registration, by=by, lead=file.school, children=[], title=title, state=Registration.State.DRAFT)
    case = perform(case, "fill", by=by, plan=plan)
    return case if plan.creates else perform(case, "settle", by=by)


@transaction.atomic
def discard(file: ImportFile, by: User) -> ImportFile:
    """Give a file up before it did anything: upload and preview are erased, the line in the list stays."""
    file = ImportFile.objects.select_for_update().get(pk=file.pk)
    permit(file.school, by)
    if not file.may_be_given_up:
        raise Refused(f"“{file.name}”现为“{file.get_state_display()}”，不能放弃。")
    file.state, file.sealed_report = State.DISCARDED, b""
    file.save(update_fields=["state", "sealed_report"])
    transaction.on_commit(lambda: files.discard(file.stored_name))
    return file
