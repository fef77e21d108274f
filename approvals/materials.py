"""Papers on the desk: handed in with a photo of the original, checked one by one by name, sent back with a reason."""

from django.db import transaction

from accounts.policies import Powers
from jianping_xueji.vault.files import load, store
from jianping_xueji.vault.scans import accept_scan
from law import clock, parameters

from .errors import NotYourHand, Refused
from .models import Case, Material, Scan


def permit_paper(material: Material, by, right: str) -> None:
    """The registrar of the receiving school keeps the papers; the bureau's clerk sees the originals."""
    if not Powers.of(by).on(right, material.case.lead_school_id):
        raise NotYourHand(
            f"“{material.label}”由{material.case.lead_school}的经办人员或教育局经办收验，您没有此项职权。"
        )
    if not material.case.is_open:
        raise Refused(f"{material.case.number}已办结，材料不能再变动。")


def scan_aad(material: Material) -> str:
    """A scan is bound to its case, so that a file moved to another case cannot be opened."""
    return f"case.{material.case_id}"


def key_of(material: Material) -> bytes:
    """Scans are sealed with the key of the child they speak of."""
    return bytes(material.case.child.wrapped_key)


@transaction.atomic
def hand_in_paper(material: Material, *, by, data: bytes | None = None, filename: str = "", note: str = "") -> Material:
    """Record a paper as handed in, with a photo of the original when there is one.

    `data` must be a JPEG, PNG or PDF by content. Raises ScanRefused with the sentence for the person, NotYourHand.
    """
    material = Material.objects.select_for_update(of=["self"]).select_related("case__lead_school").get(pk=material.pk)
    permit_paper(material, by, "make_change")
    if data is not None:
        keep_scan(material, data, filename, by)
    material.state, material.note = Material.State.HANDED, note or material.note
    material.checked_by = material.checked_on = None
    material.save()
    return material


def keep_scan(material: Material, data: bytes, filename: str, by) -> Scan:
    """Store the original as evidence and a cleaned picture for the screen; an earlier scan is kept as replaced."""
    limit = parameters.on(clock.today())["scan.max_bytes"]
    accepted = accept_scan(data, limit=limit, name=filename)
    key, aad = key_of(material), scan_aad(material)
    original = store(key, accepted.data, aad)
    preview = store(key, accepted.preview, aad) if accepted.preview != accepted.data else None
    material.scans.filter(withdrawn=False).update(withdrawn=True)
    return Scan.objects.create(
        material=material,
        name=original.name,
        preview_name=preview.name if preview else "",
        preview_sha256=preview.sha256 if preview else "",
        mime=accepted.mime,
        size=original.size,
        sha256=original.sha256,
        uploaded_by=by,
    )


def scan_bytes(scan: Scan) -> bytes:
    """The picture to show: the cleaned preview of a photo, the file itself of a PDF. Raises VaultError when altered."""
    key, aad = key_of(scan.material), scan_aad(scan.material)
    if scan.preview_name:
        return load(key, scan.preview_name, aad, scan.preview_sha256)
    return load(key, scan.name, aad, scan.sha256)


@transaction.atomic
def check_paper(material: Material, *, by, ok: bool, reason: str = "") -> Material:
    """The school has held the copy against the original: 已核, or 退回 with a reason."""
    material = Material.objects.select_for_update(of=["self"]).select_related("case__lead_school").get(pk=material.pk)
    permit_paper(material, by, "make_change")
    if material.state == Material.State.MISSING:
        raise Refused(f"“{material.label}”尚未提交，不能核验。")
    if not ok and not reason.strip():
        raise Refused(f"退回“{material.label}”须写明原因和需要补正的内容。")
    material.state = Material.State.CHECKED if ok else Material.State.RETURNED
    material.note = reason or material.note
    material.checked_by, material.checked_on = by, clock.today()
    material.save()
    return material


@transaction.atomic
def see_original(material: Material, *, by) -> Material:
    """The bureau has seen original and copy of a paper for a 县直 school (第十七条第（一）项)."""
    material = Material.objects.select_for_update(of=["self"]).select_related("case__lead_school").get(pk=material.pk)
    permit_paper(material, by, "bureau_make")
    material.original_seen_by, material.original_seen_on = by, clock.today()
    material.save()
    return material


def paper_of(case: Case, code: str) -> Material:
    return case.materials.get(code=code)
