"""Taking in a CEIMS export, comparing it by a job, and confirming who is right. No record is ever changed here."""

from datetime import date

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.policies import Powers, may
from approvals.bureaus import bureau_behind
from approvals.errors import NotYourHand, Refused
from jianping_xueji.jobs.services import start
from law import articles, clock
from schools.models import School

from ..importing.findings import WorkbookRefused
from .comparing import compare
from .models import AgreementFile, Difference, DifferenceRuling, Side
from .reading import Reader

NOT_YOURS = "对账由教育局经办人员（全县）或学校学籍管理员（本校）上传全国系统导出的名册。"
NOTE_LENGTH = DifferenceRuling._meta.get_field("note").max_length
State = AgreementFile.State


@transaction.atomic
def take_in(data: bytes, name: str, *, by: User, as_of: date, school: School | None) -> AgreementFile:
    """Keep an export, sealed, and let a job compare it; `school` None: of the whole county, by the bureau.

    Raises NotYourHand, and Refused for a day to come or one before the last comparison.
    """
    powers = Powers.of(by)
    if school is None:
        bureau = bureau_behind(powers, "bureau_make", refusal=NOT_YOURS)
    elif powers.on("make_change", school.pk):
        bureau = school.bureau
    else:
        raise NotYourHand(NOT_YOURS)
    refuse_day(bureau, school, as_of)
    file = AgreementFile(bureau=bureau, school=school, as_of=as_of, uploaded_by=by, uploaded_on=clock.today())
    file.hold(data, name)
    file.save()
    arguments = {"file": file.pk, "url": file.get_absolute_url()}
    file.job_id = start("agreement.compare", arguments, by=by, school_id=school.pk if school else None).pk
    file.save(update_fields=["job_id"])
    return file


def refuse_day(bureau, school: School | None, as_of: date) -> None:
    """An older export must not open again what a newer one has closed."""
    if as_of > clock.today():
        raise Refused("导出日期不能晚于今日，请填从全国系统导出名册的那一天。")
    newer = AgreementFile.objects.filter(bureau=bureau, as_of__gt=as_of).exclude(state=State.UNUSABLE)
    if school:
        newer = newer.filter(school__in=[school, None]) | newer.filter(school=None)
    if last := newer.order_by("-as_of").first():
        raise Refused(
            f"已经用{last.as_of:%Y年%-m月%-d日}导出的名册（{last.scope}）对过账，更早的名册不能再比对。"
            "请从全国系统重新导出后上传。"
        )


def read(file: AgreementFile, phase=lambda name: None) -> Reader:
    """The upload as lines. Raises WorkbookRefused, VaultError."""
    return Reader.of(file.content(), file.bureau, file.school, phase)


@transaction.atomic
def carry_out(file: AgreementFile, reader: Reader) -> AgreementFile:
    """Compare and keep the counts and what could not be read."""
    file.counts = compare(file, reader)
    file.state = State.DONE
    file.note(reader.findings)
    file.save(update_fields=["counts", "state", "sealed_report"])
    return file


def refuse(file: AgreementFile, refusal: WorkbookRefused) -> None:
    """The file cannot be compared; the sentence stays with it."""
    file.state, file.refusal = State.UNUSABLE, refusal.message[:400]
    file.save(update_fields=["state", "refusal"])


def may_confirm(user: User, difference: Difference) -> bool:
    """The school for its own children, its bureau for everything."""
    if difference.school_id is None:
        return bureau_of(user) == difference.bureau_id
    if may(user, "bureau_make", difference.school_id):
        return True
    return not difference.is_bureaus and may(user, "make_change", difference.school_id)


def bureau_of(user: User) -> int | None:
    try:
        return bureau_behind(Powers.of(user), "bureau_make", refusal=NOT_YOURS).pk
    except NotYourHand:
        return None


@transaction.atomic
def confirm(difference: Difference, *, side: str, note: str, by: User) -> Difference:
    """Write down whose word is right. The record is changed by its own case, the difference ends with the next export.

    Raises NotYourHand, Refused.
    """
    difference = Difference.objects.select_for_update().get(pk=difference.pk)
    if not may_confirm(by, difference):
        owner = "教育局经办人员" if difference.is_bureaus else "本校学籍管理员或教育局经办人员"
        raise NotYourHand(f"这项差异由{owner}认定。")
    note = note.strip()
    if side not in (Side.OURS, Side.CEIMS):
        raise Refused("请选择以本县为准，还是以全国系统为准。")
    if not note or len(note) > NOTE_LENGTH:
        raise Refused(f"请写明认定的依据（如：户口簿、出生医学证明），不超过{NOTE_LENGTH}字（{articles.CORRECTION}）。")
    if difference.state == Difference.State.CLOSED:
        raise Refused("这项差异在最近一次对账中已经消除，不用再认定。")
    DifferenceRuling.objects.create(difference=difference, side=side, note=note, by=by, on=clock.today())
    difference.state, difference.confirmed = Difference.State.CONFIRMED, side
    difference.save(update_fields=["state", "confirmed"])
    return difference


def job_result(file: AgreementFile) -> dict:
    return {"url": reverse("agreement:file", args=[file.pk])}
