"""The acts of custody (第十、十一条): place, give, receive, cancel, chase. Each is a row that stays as it is.

There is no act that withholds: a school can only be early or late.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.policies import may
from approvals.errors import NotYourHand, Refused
from approvals.services import lock_children
from jianping_xueji import vault
from jianping_xueji.vault import keeping
from law import articles, clock, parameters
from schools.models import School
from students.models import Enrolment, Student

from ..models import Chase, Handover, HandoverEntry, PaperPlace, Receipt, ReceiptLine, ReceiptScan, Volume
from . import owed
from .holdings import files_held_by, holders_of, places_of, volumes_held_by

LAW = articles.ARCHIVE_FOLLOWS
MOST = 3000
TAKEN = "所选档案中有的已在移交途中，或刚刚由他人开出移交单，请刷新后重新选择（第十一条第一款）。"


def gives(user: User, school: int, *, closing: bool = False) -> bool:
    """Who hands files over: the school's registrar; the bureau's clerk for a school that has just been closed."""
    return may(user, "bureau_make" if closing else "make_change", school)


@transaction.atomic
def place(what: Student | Volume, school: School, *, box: str, shelf: str, by: User) -> PaperPlace:
    """Write down where a file or a volume lies. Raises NotYourHand, Refused when another school holds it."""
    if not may(by, "make_change", school):
        raise NotYourHand(f"档案存放由{school}学籍管理员登记（{articles.BOOKS}）。")
    if isinstance(what, Student):
        holder = holders_of([what.pk]).get(what.pk)
        held = holder is None or holder.school == school.pk and not holder.on_way
        about = {"child": what}
    else:
        held, about = what.pk in volumes_held_by(school.pk), {"volume": what}
    if not held:
        raise Refused(f"这份档案现在不由{school}保管（或正在移交途中），签收后再登记存放处（{articles.BOOKS}）。")
    return PaperPlace.objects.create(
        **about, school=school, box=box, shelf=shelf, placed_on=clock.today(), placed_by=by
    )


@transaction.atomic
def give(
    rows: Iterable[Enrolment],
    *,
    by: User,
    way: str,
    carrier: str,
    given_on: date,
    pages: dict[int, int] | None = None,
    note: str = "",
    to_name: str = "",
) -> Handover:
    """One slip for these departures, all of one school to one receiver. `pages`: departure → pages of its file.

    `to_name` names the receiver where it is no school of the county. Raises NotYourHand, Refused.
    """
    asked = [row.pk for row in rows]
    lock_children(Enrolment.objects.filter(pk__in=asked).values_list("student_id", flat=True))
    found = owed.owed(owed.GOES_ON + owed.LEAVES_SCHOOL).filter(pk__in=asked).select_related("left_by", "school")
    found = list(found.order_by("student__name_pinyin", "pk"))
    if not found or len(found) != len(set(asked)):
        raise Refused(TAKEN)
    refuse_mixed(found)
    first = found[0]
    closing = first.left_by.kind == owed.CLOSING
    giver = School.objects.get(pk=first.giver)
    if not gives(by, giver.pk, closing=closing):
        who = "教育局经办人员（监交）" if closing else f"{giver}学籍管理员"
        raise NotYourHand(f"这些档案由{who}移交（{LAW}）。")
    refuse_days(given_on, max(row.left_on for row in found))
    named = School.objects.get(pk=first.to).name if first.to else to_name or first.went_to
    if not named:
        raise Refused(f"请填写接收单位或接收人，档案交给谁须有据可查（{LAW}）。")
    slip = new_slip(
        from_school=giver,
        given_for=first.school if giver.pk != first.school_id else None,
        to_school_id=first.to,
        to_name=named,
        case=first.left_by if closing else None,
        way=way,
        carrier=carrier,
        given_on=given_on,
        given_by=by,
        note=note,
    )
    write_entries(slip, [{"child_id": row.student_id, "enrolment": row} for row in found], pages or {})
    if closing:
        carry_the_rest(slip, {row.student_id for row in found})
    return slip


def refuse_mixed(found: list[Enrolment]) -> None:
    """One slip has one giver and one receiver."""
    sides = {(row.giver, row.to or row.went_to, row.left_by.kind == owed.CLOSING) for row in found}
    graduates = all(row.left_by.kind in owed.LEAVES_SCHOOL for row in found)
    if len({row.giver for row in found}) > 1 or len(sides) > 1 and not graduates:
        raise Refused("一张移交单只能由一所学校交给同一个接收单位，请按接收单位分别开单（第十一条第一款）。")
    if len(found) > MOST:
        raise Refused(f"一张移交单至多{MOST}份，请分批开单。")


def refuse_days(given_on: date, left_on: date) -> None:
    if not left_on <= given_on <= clock.today():
        raise Refused(f"移交日期须在离校日（{left_on:%Y年%-m月%-d日}）至今日之间，请按实际移交的日子填写（{LAW}）。")


def new_slip(**columns) -> Handover:
    """A slip with its number: 档2026000123; a refused one leaves a gap, never a double."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('archives_handover', 'id'))")
        (pk,) = cursor.fetchone()
    slip = Handover(pk=pk, number=f"档{clock.today().year}{pk:06d}", **columns)
    slip.save(force_insert=True)
    return slip


def write_entries(slip: Handover, rows: list[dict], pages: dict[int, int]) -> None:
    """The lines of a slip, each with the box it came from. Raises Refused when a file is already on its way."""
    places = places_of(
        children=[row["child_id"] for row in rows if "child_id" in row],
        volumes=[row["volume_id"] for row in rows if "volume_id" in row],
    )
    entries = []
    for row in rows:
        lay = places.get(("child", row["child_id"]) if "child_id" in row else ("volume", row["volume_id"]))
        count = pages.get(row["enrolment"].pk, 0) if "enrolment" in row else 0
        lain = {"box": lay.box, "shelf": lay.shelf} if lay else {}
        entries.append(HandoverEntry(handover=slip, pages=count, **row, **lain))
    try:
        with transaction.atomic():
            HandoverEntry.objects.bulk_create(entries, batch_size=1000)
    except IntegrityError as error:
        raise Refused(TAKEN) from error


def carry_the_rest(slip: Handover, besides: set[int]) -> None:
    """A school that ends gives everything: files of those who left long ago, and every volume of its books."""
    school = slip.from_school_id
    rest = [child for child in files_held_by(school) if child not in besides]
    lock_children(rest)
    write_entries(slip, [{"child_id": child} for child in rest], {})
    write_entries(slip, [{"volume_id": volume} for volume in volumes_held_by(school)], {})


@transaction.atomic
def receive(
    slip: Handover,
    *,
    by: User,
    received_on: date,
    receiver: str,
    missing: Iterable[int] = (),
    discrepancy: str = "",
    files: Iterable[tuple[bytes, str]] = (),
) -> Receipt:
    """签收: by the receiving school, or, of a receiver outside the county, from the signed paper by the giving school.

    `missing` are entries that were not in the parcel: they are owed again. Raises NotYourHand, Refused, ScanRefused.
    """
    missing, files = set(missing), list(files)
    refuse_hand(slip, by)
    refuse_second_receipt(slip)
    if not slip.given_on <= received_on <= clock.today():
        raise Refused(f"签收日期须在移交日（{slip.given_on:%Y年%-m月%-d日}）至今日之间（{LAW}）。")
    if slip.to_school_id is None and not files:
        raise Refused(f"接收单位不在本县，请上传对方签字（盖章）的移交单照片，作为签收凭据（{LAW}）。")
    if missing and not discrepancy.strip():
        raise Refused(f"有{len(missing)}份没有收到，请写明不符情况（{LAW}）。")
    words = {"received_on": received_on, "receiver": receiver, "discrepancy": discrepancy}
    receipt = end_slip(slip, Receipt.Outcome.RECEIVED, by, missing, **words)
    for data, name in files:
        keep_scan(receipt, data, name, by)
    return receipt


def signer_of(slip: Handover) -> School:
    """Who signs: the receiving school, outside the county the giving one; of a closed school whoever took it over."""
    side = slip.to_school or slip.from_school
    now = owed.successors().get(side.pk, side.pk)
    return side if now == side.pk else School.objects.get(pk=now)


def side_of(slip: Handover, user: User, rights: Iterable[str]) -> int | None:
    """The first school of a slip, or who answers for a closed one now, on which the user holds one of these rights."""
    sides = [side for side in (slip.from_school_id, slip.to_school_id, slip.given_for_id) if side]
    answers = owed.successors()
    sides += [answers[side] for side in sides if side in answers]
    return next((side for side in sides if any(may(user, right, side) for right in rights)), None)


def refuse_hand(slip: Handover, by: User) -> None:
    """Giving and receiving are two people of two schools."""
    signer = signer_of(slip)
    if not may(by, "make_change", signer):
        raise NotYourHand(f"{slip.number}由{signer.name}学籍管理员登记签收（{LAW}）。")
    if slip.to_school_id and slip.given_by_id == by.pk:
        raise NotYourHand(f"{slip.number}是您本人移交的，签收须由接收学校的另一人办理（{LAW}）。")


def refuse_second_receipt(slip: Handover) -> None:
    done = Receipt.objects.filter(handover=slip).first()
    if done:
        raise Refused(f"{slip.number}已于{done.received_on:%Y年%-m月%-d日}“{done.get_outcome_display()}”，不能再办。")


def end_slip(slip: Handover, outcome: str, by: User, missing: set[int] | None, **words) -> Receipt:
    """The one row that ends a slip, and a line for each of its entries; `missing` None: nothing has gone."""
    try:
        with transaction.atomic():
            # By its number: a receipt that is undone must not stay behind on the slip in hand.
            receipt = Receipt.objects.create(handover_id=slip.pk, outcome=outcome, received_by=by, **words)
    except IntegrityError as error:
        raise Refused(f"{slip.number}刚刚已由他人办结，请刷新查看（{LAW}）。") from error
    entries = slip.entries.values_list("pk", flat=True)
    lines = [
        ReceiptLine(receipt=receipt, entry_id=pk, arrived=missing is not None and pk not in missing) for pk in entries
    ]
    ReceiptLine.objects.bulk_create(lines, batch_size=1000)
    return receipt


def may_cancel(slip: Handover, by: User) -> bool:
    """Whoever gave; for a school that was closed since, whoever took it over."""
    closing, giver = slip.case_id is not None, slip.from_school_id
    return gives(by, giver if closing else owed.successors().get(giver, giver), closing=closing)


@transaction.atomic
def cancel(slip: Handover, *, by: User, reason: str) -> Receipt:
    """作废 a slip that never left: its files are owed again. Raises NotYourHand, Refused."""
    if not may_cancel(slip, by):
        raise NotYourHand(f"{slip.number}由移出学校作废（{LAW}）。")
    refuse_second_receipt(slip)
    if not reason.strip():
        raise Refused("请写明作废的原因。")
    words = {"received_on": max(clock.today(), slip.given_on), "receiver": by.name, "discrepancy": reason}
    return end_slip(slip, Receipt.Outcome.CANCELLED, by, None, **words)


def scan_aad(receipt: Receipt) -> str:
    return f"receipt.{receipt.pk}"


def keep_scan(receipt: Receipt, data: bytes, filename: str, by: User) -> ReceiptScan:
    """The signed slip as evidence, and a cleaned picture of it. Raises ScanRefused."""
    limit, key = parameters.on(clock.today())["scan.max_bytes"], vault.new_child_key()
    kept = keeping.keep_scan(key, scan_aad(receipt), data, filename, limit=limit)
    return ReceiptScan.objects.create(receipt=receipt, wrapped_key=key, uploaded_by=by, **asdict(kept))


def shown_scan(scan: ReceiptScan) -> bytes:
    """The picture to show. Raises VaultError when it is missing or altered."""
    return keeping.shown_scan(bytes(scan.wrapped_key), scan_aad(scan.receipt), scan)


@transaction.atomic
def chase(school: School, *, by: User, words: str) -> Chase:
    """催办: the bureau presses a school for what is overdue. Raises NotYourHand, Refused when nothing is."""
    if not may(by, "bureau_make", school):
        raise NotYourHand(f"催办由教育局经办人员办理（{LAW}）。")
    late = owed.by_school([school.pk]).get(school.pk, {}).get("overdue", 0)
    if not late:
        raise Refused(f"{school}没有逾期未移交的档案，不用催办。")
    return Chase.objects.create(school=school, overdue=late, chased_on=clock.today(), chased_by=by, words=words)


@transaction.atomic
def register_volume(school: School, *, kind: str, label: str, box: str, shelf: str, by: User) -> Volume:
    """A bound volume of the school's books, and where it stands. Raises NotYourHand, Refused for a second one."""
    if not may(by, "make_change", school):
        raise NotYourHand(f"学籍簿册由{school}学籍管理员登记（{articles.BOOKS}）。")
    words = {"kind": kind, "label": label, "registered_on": clock.today(), "registered_by": by}
    try:
        with transaction.atomic():
            volume = Volume.objects.create(school=school, **words)
    except IntegrityError as error:
        raise Refused(f"“{dict(Volume.Kind.choices)[kind]} {label}”已经登记过了。") from error
    PaperPlace.objects.create(volume=volume, school=school, box=box, shelf=shelf, placed_on=clock.today(), placed_by=by)
    return volume
