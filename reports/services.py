"""Printing a form: content under lock, checked against the fonts, laid out, registered, the former print overtaken."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from accounts.policies import Power, Powers, powers_of
from approvals.models import Case
from approvals.services import lock
from jianping_xueji import vault
from law import clock
from students.models import Look, NumberKind, Student

from .codes import qr_code
from .errors import NotPrintable
from .fonts import check_texts, dressed, require_fonts
from .forms import Form
from .models import Print
from .rendering import render

TOKEN_BYTES = 16


@dataclass(frozen=True)
class Printed:
    """A registered print and its PDF; the bytes are handed out once and not kept."""

    record: Print
    pdf: bytes


@transaction.atomic
def print_form(form: Form, case: Case | None, *, by, address_of: Callable[[str], str], child=None) -> Printed:
    """Print a form about `case`, or blank (None); `address_of(token)` is the absolute address of its genuineness page.
    A form about each child of the case is printed for `child`, or for all of them.

    Raises PermissionDenied, NotPrintable, MissingGlyph, PrintingUnavailable, OutsideFetch, BadOutput: nothing is kept.
    """
    permit(form, case, by)
    require_fonts()
    # The content is read under the case's lock, so that a paper never shows half of somebody's signature.
    case = lock(case) if case else None
    content = form.data(case, child) if form.each_child else form.data(case)
    about = child if form.each_child else case.child if case else None
    check_texts(content, child=about.name if about else "")
    printed = laid_out(form, new_record(form, case, content, by, child=about), content, address_of)
    log_looks(form, printed.record)
    return printed


def laid_out(form: Form, record: Print, content: dict, address_of: Callable[[str], str]) -> Printed:
    """The PDF of a print about to be made; its row is kept and the former print overtaken."""
    pdf = render(form, frame_of(record, content, address_of))
    record.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    record.save(force_insert=True)
    overtake(record)
    return Printed(record, pdf)


def frame_of(record: Print, content: dict, address_of: Callable[[str], str]) -> dict:
    """The context of the paper: content, its own row, and the code that leads to its genuineness page."""
    return {"c": dressed(content), "print": record, "qr": qr_code(address_of(record.token))}


def permit(form: Form, case: Case | None, by) -> None:
    """One of the form's rights on either school of the case; a blank form needs it on any school."""
    powers = Powers.of(by)
    if case is None:
        allowed = any(powers.schools(right) for right in form.rights)
    else:
        if not form.covers(case):
            raise NotPrintable(f"{case.kind_name}没有《{form.title}》。")
        schools = {case.lead_school_id, case.peer_school_id}
        allowed = any(powers.on(right, school) for right in form.rights for school in schools)
    if not allowed:
        raise PermissionDenied(f"您没有打印《{form.title}》的权限。")


def new_record(form: Form, case: Case | None, content: dict, by, **about) -> Print:
    """The row of a print about to be made, number and codes included, not yet saved; `about` says whom or what."""
    pk, number = next_number()
    digest = keyed_digest(content)
    about = about or {"child": case.child if case else None}
    return Print(
        pk=pk,
        number=number,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        form=form.code,
        case_id=case.pk if case else None,
        blank=case is None and not about.get("subject"),
        short_code=short_code(digest, number),
        content_digest=digest,
        printed_by=by,
        printed_at=timezone.now(),
        legal_date=clock.today(),
        state_when_printed=case.state if case else "",
        decision=content["decision"],
        **about,
    )


def next_number() -> tuple[int, str]:
    """A primary key and the serial number made from it: 印2026000123. A refused print leaves a gap, never a double."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('reports_print', 'id'))")
        (pk,) = cursor.fetchone()
    return pk, f"印{clock.today().year}{pk:06d}"


def keyed_digest(content: dict) -> str:
    """A digest that only we can compute: the content holds numbers, and a plain hash of those could be guessed back."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return vault.index(hashlib.sha256(canonical.encode()).hexdigest(), "print").hex()


def short_code(digest: str, number: str) -> str:
    """Eight signs bound to content and serial number, printed on the paper and shown by the genuineness page."""
    mixed = vault.index(f"{digest}/{number}", "print.code")
    signs = "".join(vault.CLEAR_SIGNS[byte % 32] for byte in mixed[:8])
    return f"{signs[:4]}-{signs[4:]}"


def overtake(record: Print) -> None:
    """Former prints of the same form and case (or list) whose content differs are no longer current."""
    if record.blank:
        return
    same = {"case": record.case_id} if record.case_id else {"school": record.school_id, "subject": record.subject}
    former = Print.objects.standing().filter(**same, child=record.child, form=record.form, pk__lt=record.pk)
    former.exclude(content_digest=record.content_digest).update(superseded_by=record)


def log_looks(form: Form, record: Print) -> None:
    """Numbers printed in full are looks at confidential data (第三十七条)."""
    case = record.case
    if case is None:
        return
    shown = [record.child] if record.child else [s.child for s in case.subjects.select_related("child")]
    shown = shown if record.child or form.each_child else []
    behind = (
        p for s in (case.lead_school_id, case.peer_school_id) for p in powers_of(record.printed_by).on("view_school", s)
    )
    Look.objects.bulk_create(looks_at(form, record, shown, next(behind, None)))


def looks_at(form: Form, record: Print, children: Iterable[Student], power: Power | None) -> list[Look]:
    """The numbers that stand in full on this paper, as looks not yet saved."""
    return [
        Look(
            kind=Look.Kind(NumberKind(kind)),
            student=child,
            school=power.appointment.school if power else None,
            user=record.printed_by,
            reason=f"打印《{form.title}》{record.number}",
            legal_date=record.legal_date,
        )
        for child in children
        for kind in form.reads
    ]


def may_withdraw(record: Print, by) -> bool:
    """The registrar of the school that answers for the paper, or the bureau's clerk; of a paper about no one school
    whoever printed it.
    """
    powers = Powers.of(by)
    school = record.case.lead_school_id if record.case else record.school_id
    if school is None:
        return record.printed_by_id == by.pk
    return any(powers.on(right, school) for right in ("bureau_make", "make_change"))


@transaction.atomic
def withdraw(record: Print, *, by, why: str) -> bool:
    """Declare a print void (lost, misprinted, misused); its page says so from then on, the register also why.

    False when it was void already, and nothing is written. Raises PermissionDenied.
    """
    if not may_withdraw(record, by):
        raise PermissionDenied("打印件由出具学校的学籍管理员或教育局经办作废。")
    void = {"withdrawn_on": clock.today(), "withdrawn_by": by, "withdrawn_why": why}
    return bool(Print.objects.filter(pk=record.pk, withdrawn_on=None).update(**void))
