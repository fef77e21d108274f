"""Papers on the desk: handed in with a photo of the original, checked one by one by name, sent back with a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from accounts.policies import powers_behind
from jianping_xueji.prepared import Prepared
from jianping_xueji.vault.keeping import keep_scan as vault_scan
from jianping_xueji.vault.keeping import shown_scan
from law import clock, parameters
from law.articles import Article

from .errors import NotYourHand, Refused
from .models import Case, Material, Scan


@dataclass(frozen=True)
class Paper:
    """One line of a checklist, with the provision that asks for it."""

    code: str
    label: str
    article: Article
    required: bool = True


def lay_out(case: Case, wanted: Iterable[Paper]) -> None:
    """Bring the checklist in line with what is wanted; papers already handed in stay, no longer required if need be."""
    wanted = list(wanted)
    Material.objects.bulk_create(
        [
            Material(case_id=case.pk, code=p.code, label=p.label, article=str(p.article), required=p.required)
            for p in wanted
        ],
        ignore_conflicts=True,
    )
    codes = [p.code for p in wanted]
    case.materials.filter(code__in=[p.code for p in wanted if p.required]).update(required=True)
    dropped = case.materials.exclude(code__in=codes)
    dropped.filter(state=Material.State.MISSING).delete()
    dropped.update(required=False)


@Prepared
def _needed(case: int):
    return Material.objects.filter(case_id=case, required=True).order_by("pk").values_list("label", "state")


def facts_of_papers(case: Case) -> dict:
    """Names of required papers that are missing or unchecked, as the rules of the desk ask for them."""
    needed = _needed.rows(case=case.pk)
    missing = (Material.State.MISSING, Material.State.RETURNED)
    return {
        "missing_papers": "、".join(label for label, state in needed if state in missing),
        "unchecked_papers": "、".join(label for label, state in needed if state != Material.State.CHECKED),
    }


def taken(material: Material) -> Material:
    """The paper with its case locked before it, as everywhere, and the case as its own kind."""
    spine = Case.objects.select_for_update().get(pk=material.case_id)
    material = Material.objects.select_for_update().get(pk=material.pk)
    material.case = spine.model.objects.select_related("lead_school").get(pk=spine.pk)
    return material


def permit_paper(material: Material, by, right: str, open_states: frozenset[str]) -> None:
    """Whoever opens such a case (or holds it now) keeps its papers, the clerk sees originals; each in its time."""
    case = material.case
    if not powers_behind(by, right, case.lead_school_id):
        raise NotYourHand(f"“{material.label}”由{case.lead_school}的经办人员或教育局经办收验，您没有此项职权。")
    if case.state not in open_states:
        raise Refused(f"{case.number}现为“{case.state_name}”，材料不能变动；需要补正的，请先退回补正。")


def scan_aad(material: Material) -> str:
    """A scan is bound to its case, so that a file moved to another case cannot be opened."""
    return f"case.{material.case_id}"


def key_of(material: Material) -> bytes:
    """Scans are sealed with the key of the child they speak of, or of a case that speaks of no single child."""
    case, model = material.case, material.case.model
    holder = model.objects.get(pk=case.pk) if model.OWN_KEY else case.child
    return bytes(holder.wrapped_key)


@transaction.atomic
def hand_in_paper(
    material: Material,
    *,
    by,
    data: bytes | None = None,
    filename: str = "",
    files: Sequence[tuple[bytes, str]] = (),
    note: str = "",
) -> Material:
    """Record a paper as handed in, with photos of the original when there are some; all of them or none.

    `data` (or each of `files`, with its name) must be a JPEG, PNG or PDF by content. What was checked before must be
    checked again. Raises ScanRefused with the sentence for the person, NotYourHand, Refused.
    """
    material = taken(material)
    permit_paper(material, by, material.case.paper_right, material.case.PAPERS_OPEN)
    files = [*files, *([(data, filename)] if data is not None else [])]
    if files:
        material.scans.filter(withdrawn=False).update(withdrawn=True)
        for content, name in files:
            keep_scan(material, content, name, by)
    material.state, material.note = Material.State.HANDED, note or material.note
    material.checked_by = material.checked_on = material.original_seen_by = material.original_seen_on = None
    material.save()
    return material


def keep_scan(material: Material, data: bytes, filename: str, by) -> Scan:
    """Store the original as evidence and a cleaned picture for the screen."""
    limit = parameters.on(clock.today())["scan.max_bytes"]
    kept = vault_scan(key_of(material), scan_aad(material), data, filename, limit=limit)
    return Scan.objects.create(material=material, uploaded_by=by, **asdict(kept))


def scan_bytes(scan: Scan) -> bytes:
    """The picture to show: the cleaned preview of a photo, the file itself of a PDF. Raises VaultError when altered."""
    return shown_scan(key_of(scan.material), scan_aad(scan.material), scan)


@transaction.atomic
def check_paper(material: Material, *, by, ok: bool, reason: str = "") -> Material:
    """The school has held the copy against the original: 已核, or 退回 with a reason."""
    material = taken(material)
    permit_paper(material, by, material.case.paper_right, material.case.PAPERS_OPEN)
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
    material = taken(material)
    permit_paper(material, by, "bureau_make", material.case.ORIGINALS_OPEN)
    if material.state == Material.State.MISSING:
        raise Refused(f"“{material.label}”尚未提交，没有原件可复核。")
    material.original_seen_by, material.original_seen_on = by, clock.today()
    material.save()
    return material
