"""Asking for a pack and taking it away (第三十七条): by whom, for what, each time written down."""

from collections.abc import Iterator
from itertools import chain

from django.db import connection, transaction

from accounts.models import User
from accounts.policies import may
from approvals.errors import NotYourHand, Refused
from approvals.models import Case
from jianping_xueji.jobs import start
from law import articles, clock
from schools.models import School
from students.exporting.services import keep_trace
from students.models import Look, Student

from ..models import EvidencePack
from .packing import content_of

KIND = "evidence.pack"
RIGHTS = ("make_change", "check_change", "sign_change", "bureau_make", "bureau_check", "bureau_sign")
NOT_YOURS = f"证据包由学校学籍管理员、学校领导和教育局调取（{articles.WRITTEN_APPROVAL}）。"


def school_behind(user: User, schools: list[School | None]) -> School | None:
    """The first of these schools on which the user works on records or decides."""
    return next((s for s in schools if s and any(may(user, right, s) for right in RIGHTS)), None)


def schools_of(child: Student | None, case: Case | None) -> list[School | None]:
    return [child.school] if child else [case.lead_school, case.peer_school]


@transaction.atomic
def ask(*, by: User, purpose: str, site: str, child: Student | None = None, case: Case | None = None) -> EvidencePack:
    """Order a pack about a child or a case in the user's sight; a job makes it. Raises NotYourHand, Refused.

    `site` is the address before the path (https://xueji…), for the codes on the cover.
    """
    school = school_behind(by, schools_of(child, case))
    if school is None:
        raise NotYourHand(NOT_YOURS)
    if not purpose.strip():
        raise Refused(f"请写明调取证据包的用途，随包留痕（{articles.WRITTEN_APPROVAL}）。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('archives_evidencepack', 'id'))")
        (pk,) = cursor.fetchone()
    pack = EvidencePack(
        pk=pk,
        number=f"据{clock.today().year}{pk:06d}",
        child=child,
        case=case,
        school=school,
        purpose=purpose.strip(),
        asked_by=by,
        asked_on=clock.today(),
    )
    arguments = {"pack": pk, "site": site, "url": pack.get_absolute_url()}
    pack.job = start(KIND, arguments, by=by, school_id=school.pk)
    pack.save(force_insert=True)
    return pack


@transaction.atomic
def take(pack: EvidencePack, *, by: User) -> Iterator[bytes]:
    """The bytes of a finished pack, part by part, once the look is written down. Raises NotYourHand, VaultError."""
    if pack.asked_by_id != by.pk or not any(may(by, right, pack.school) for right in RIGHTS):
        raise NotYourHand(NOT_YOURS)
    what = f"学生{pack.child.name}" if pack.child else pack.case.number
    reason = f"下载证据包{pack.number}（{what}）：{pack.purpose}"
    parts = content_of(pack.file)
    first = next(parts)
    keep_trace(pack.school, by, reason)
    if pack.child:
        length = Look._meta.get_field("reason").max_length
        words = {"reason": reason[:length], "legal_date": clock.today(), "user": by, "school": None}
        Look.objects.create(kind=Look.Kind.ID, student=pack.child, **words)
    return chain([first], parts)
