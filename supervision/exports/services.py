"""Asking, approving, making, taking. Pages, commands and jobs all pass here; there is no other way out."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import Powers, may
from approvals.bureaus import bureau_behind
from approvals.errors import NotYourHand, Refused
from jianping_xueji import audit, vault
from jianping_xueji.audit.sealing import STOPPED, unsealed_for
from jianping_xueji.jobs import start
from jianping_xueji.vault.files import load
from law import clock
from law.articles import WRITTEN_APPROVAL
from schools.models import Bureau
from students.models import Look, Student

from ..models import ExportDecision, ExportFile, ExportMaking, ExportRequest, ExportTake

KIND = "exports.make"
# 法释〔2017〕10号第五条: 500 of the sensitive kind are "serious" already, 5,000 of any kind.
ALARM, TWO_APPROVERS = 500, 5000
LINK_LIVES = timedelta(hours=24)
LONGEST = timedelta(days=90)
DECIDES = ("bureau_sign", "bureau_check")
FILE_AAD, SECRET_AAD = "export.file", "export.secret"


@dataclass(frozen=True)
class State:
    """Where a request stands: word and tone for the page."""

    code: str
    word: str
    tone: str


def school_of(bureau: Bureau) -> int | None:
    """Any school of the bureau: its rights are per school, the same on all of them."""
    return bureau.school_set.order_by("pk").values_list("pk", flat=True).first()


@transaction.atomic
def ask(
    *, by: User, purpose: str, recipient: str, document: str, fields: list[str], children, scope: str, expires_on: date
) -> ExportRequest:
    """Ask for an approval. Raises NotYourHand, Refused; `children` is a query, frozen here to the children it finds."""
    powers = Powers.of(by)
    bureau = bureau_behind(powers, "bureau_make", refusal=f"对外提供由教育局经办人员申请（{WRITTEN_APPROVAL}）。")
    ids = list(children.filter(school__in=powers.schools("bureau_make")).order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise Refused(f"这个范围里没有学生，没有可申请的（{WRITTEN_APPROVAL}）。请改选学校或年级。")
    today = clock.today()
    if not today <= expires_on <= today + LONGEST:
        raise Refused(f"有效期最迟为申请之日起{LONGEST.days}天（{today + LONGEST:%Y年%-m月%-d日}），请改有效期。")
    made = ExportRequest.objects.create(
        bureau=bureau,
        purpose=purpose.strip(),
        recipient=recipient.strip(),
        document=document.strip(),
        fields=list(fields),
        scope=scope,
        children=ids,
        rows=len(ids),
        expires_on=expires_on,
        asked_by=by,
        asked_on=today,
    )
    if made.rows > ALARM:
        audit.became("alarm", reason=f"{made}申请提供{made.rows}名学生")
    return made


def locked(pk: int) -> ExportRequest:
    """The request, one act at a time: rows that only grow cannot be locked, so their number is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('supervision_exportrequest'), %s)", [pk])
    return ExportRequest.objects.get(pk=pk)


def voices_needed(request: ExportRequest) -> int:
    """How many people must approve: the leader, and beyond 5,000 children a second person."""
    return 2 if request.rows > TWO_APPROVERS else 1


def right_to_decide(request: ExportRequest, user: User) -> str:
    """By which right this person may decide now; "" when not."""
    powers, school = Powers.of(user), school_of(request.bureau)
    asked = DECIDES if voices_needed(request) > 1 else DECIDES[:1]
    return next((right for right in asked if powers.on(right, school)), "")


@transaction.atomic
def decide(request: ExportRequest, *, by: User, approve: bool, opinion: str) -> ExportDecision:
    """Approve or refuse. Raises NotYourHand for whoever asked or lacks the right, Refused when it is over."""
    request = locked(request.pk)
    if request.asked_by_id == by.pk:
        raise NotYourHand(f"申请人不能审批自己的申请（{WRITTEN_APPROVAL}）。")
    right = right_to_decide(request, by)
    if not right:
        raise NotYourHand(f"对外提供由主管局长批准，{TWO_APPROVERS}人以上须另有一位审核人同意（{WRITTEN_APPROVAL}）。")
    now = state_of(request)
    if now.code != "waiting":
        raise Refused(f"{request}现为“{now.word}”，不能再审批。")
    if not approve and not opinion.strip():
        raise Refused(f"不同意须写明理由（{WRITTEN_APPROVAL}）。")
    given = {"request": request, "approved": approve, "right": right, "opinion": opinion.strip()[:200]}
    try:
        with transaction.atomic():
            return ExportDecision.objects.create(
                **given, asked_by=request.asked_by, decided_by=by, decided_on=clock.today()
            )
    except IntegrityError as fault:
        raise Refused("您已经表示过意见，须由另一人审批。") from fault


def is_approved(request: ExportRequest) -> bool:
    """Enough people have agreed, the leader among them, and nobody has refused."""
    voices = list(request.decisions.all())
    agreed = [voice for voice in voices if voice.approved]
    signed = any(voice.right == "bureau_sign" for voice in agreed)
    return len(voices) == len(agreed) >= voices_needed(request) and signed


def state_of(request: ExportRequest) -> State:
    """Read off the rows; nothing of it is stored."""
    file = getattr(request, "file", None)
    if any(not voice.approved for voice in request.decisions.all()):
        return State("refused", "未批准", "refused")
    if file and getattr(file, "take", None):
        return State("taken", "已取走", "done")
    if file:
        over = file.good_until < timezone.now()
        return State("over", "链接已过期", "idle") if over else State("ready", "待取走", "now")
    if request.expires_on < clock.today():
        return State("expired", "批准已过期", "idle")
    if is_approved(request):
        return State("approved", "已批准", "now")
    return State("waiting", "待审批", "wait")


@transaction.atomic
def order_file(request: ExportRequest, *, by: User) -> ExportMaking:
    """Have the approved file made. Raises NotYourHand, Refused."""
    request = locked(request.pk)
    refuse_unless_ready(request, by)
    if (last := last_making(request)) and not last.job.finished:
        raise Refused(f"{request}的文件正在制作，请稍候。")
    job = start(KIND, {"request": request.pk, "url": request.get_absolute_url()}, by=by)
    return ExportMaking.objects.create(request=request, job=job)


def last_making(request: ExportRequest) -> ExportMaking | None:
    """The latest order to make the file, with its job."""
    return request.makings.select_related("job").last()


def refuse_unless_ready(request: ExportRequest, by: User | None) -> None:
    """The gate before any file: approved, not expired, by the one who asked and still may, the audit sealed in time."""
    if by is None or by.pk != request.asked_by_id or not may(by, "bureau_make", school_of(request.bureau)):
        raise NotYourHand(f"批准的文件只交给申请人本人（{WRITTEN_APPROVAL}）。")
    now = state_of(request)
    if now.code != "approved":
        raise Refused(f"{request}现为“{now.word}”，不能制作文件（{WRITTEN_APPROVAL}）。需要的请重新申请。")
    if unsealed_for() > STOPPED:
        raise Refused("审计记录超过四小时没有封存，暂停一切对外提供。请先请系统管理员恢复封存（seal_audit）。")


def secret_of(file: ExportFile) -> dict:
    """{"password", "token"} of a file; shown only to the one who asked."""
    return json.loads(vault.open_(file.wrapped_key, file.secret, SECRET_AAD))


@transaction.atomic
def take(token: str, *, by: User) -> tuple[ExportFile, bytes]:
    """The file, once, to the one who asked, within a day. Raises NotYourHand (a stolen link), Refused."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    file = ExportFile.objects.filter(token_digest=digest).select_related("request").first()
    if file:
        file.request = locked(file.request_id)
    if file is None or file.request.asked_by_id != by.pk:
        raise NotYourHand("没有这个链接。")
    if not may(by, "bureau_make", school_of(file.request.bureau)):
        raise NotYourHand("您已不在经办岗位，不能取走文件。")
    now = state_of(file.request)
    if now.code != "ready":
        raise Refused(f"{file.request}{now.word}，链接不能再用（{WRITTEN_APPROVAL}）。需要的请重新申请。")
    content = load(file.wrapped_key, file.name, FILE_AAD, file.sha256)
    ExportTake.objects.create(file=file, taken_by=by)
    words = f"取走{file.request}，{file.request.rows}名，给{file.request.recipient}，批文{file.request.document}"
    Look.objects.create(
        kind=Look.Kind.FILE, school=None, user=by, reason=words[:200], legal_date=clock.today(), student=None
    )
    audit.saw(*file.order)
    audit.became("export", reason=words)
    return file, content


def children_of(request: ExportRequest):
    """The approved children, ready to be written."""
    return (
        Student.objects.filter(pk__in=request.children).select_related("school").prefetch_related("numbers", "family")
    )


def new_code() -> str:
    """A random trace code: eight signs nobody confuses."""
    return "".join(secrets.choice(vault.CLEAR_SIGNS) for _ in range(8))
