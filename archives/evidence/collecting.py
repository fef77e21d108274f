"""What belongs into a pack: decisions as signed, papers as handed in, changes as written, the way of the paper file.

Everything is read where it is kept; nothing is made up for the pack. Scans come one at a time.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from approvals.kinds import model_of
from approvals.materials import key_of, scan_aad
from approvals.models import Case, CaseSubject, Material, Scan, Step
from jianping_xueji.vault.files import load
from law import articles
from law.articles import Article
from students.intake import filing
from students.models import FiledScan, FrozenRecord, RecordEntry, Student

from ..custody import services as custody
from ..entries import values_of, with_details
from ..kin import kin_of
from ..models import Entry, EntryScan, EvidencePack, Handover, ReceiptScan, SchoolCopy
from ..scans import place_of
from .verify_pack import START, canonical, link

SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
SAYS = ("case", "action", "label", "stage", "actor", "article", "acted_on", "opinion")


@dataclass(frozen=True)
class File:
    """One file of a pack; `kind`, `title` and `article` say on the list what it is."""

    path: str
    content: bytes
    kind: str
    title: str
    article: str = ""

    @property
    def about(self) -> dict[str, str]:
        return {"kind": self.kind, "title": self.title, "article": self.article}


@dataclass
class Scope:
    """Whose pack it is: the cases, oldest first, and the child where it is about one."""

    cases: list[Case]
    child: Student | None
    title: str
    asked_by: User
    signatures: list[dict] = field(default_factory=list)
    chain_head: str = START


def scope_of(pack: EvidencePack) -> Scope:
    """The cases of the child that whoever asked may see, or the one case."""
    seen = Case.objects.visible_to(pack.asked_by).select_related("lead_school__bureau", "peer_school")
    if pack.case_id:
        cases = list(seen.filter(pk=pack.case_id))
        return Scope(cases, None, f"{pack.case.kind_name}{pack.case.number}", pack.asked_by)
    about = CaseSubject.objects.filter(child=pack.child_id).values("case")
    return Scope(list(seen.filter(pk__in=about).order_by("pk")), pack.child, f"学生{pack.child.name}", pack.asked_by)


def as_json(value) -> bytes:
    """A value as canonical JSON; what JSON does not know is written as people read it."""
    return canonical(json.loads(json.dumps(value, cls=Plain)))


class Plain(DjangoJSONEncoder):
    def default(self, o):
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def files_of(scope: Scope, pack: EvidencePack) -> Iterator[File]:
    """Every file but the cover, in the order of the pack; fills `scope.signatures` on the way."""
    for case in scope.cases:
        yield from files_of_case(case, scope)
    if scope.child:
        yield from archive_of(scope.child)
        yield from copies_of(scope.child, pack)
    yield from custody_of(scope, pack)


def files_of_case(case: Case, scope: Scope) -> Iterator[File]:
    folder, whole = f"cases/{case.number}", model_of(case.kind).objects.get(pk=case.pk)
    title = f"{case.kind_name}{case.number}"
    yield File(f"{folder}/case.json", as_json(facts_of(case, whole, scope)), "案件", title, str(case.model.ARTICLE))
    for step in case.steps.order_by("pk").iterator():
        yield signed(step, folder, title, scope)
    entries = RecordEntry.objects.filter(case_id=case.pk).order_by("pk")
    entries = entries.filter(child=scope.child) if scope.child else entries
    changes = list(entries.values("child_id", "table", "row", "before", "after"))
    if changes:
        yield File(f"{folder}/changes.json", as_json(changes), "学籍变动前后", title, str(case.model.ARTICLE))
    yield from scans_of(case, folder, whole.papers_hidden_from(scope.asked_by))


def signed(step: Step, folder: str, title: str, scope: Scope) -> File:
    """The signature in the very bytes that were signed, and its link in the pack's chain."""
    path, content = f"{folder}/steps/{step.pk:09d}.json", bytes(step.canonical)
    scope.chain_head = link(scope.chain_head, content)
    row = {name: getattr(step, f"{name}_id", None) or getattr(step, name) for name in SAYS}
    says = json.loads(json.dumps(row, default=str))
    scope.signatures.append({"path": path, "says": says, "chain": scope.chain_head})
    return File(path, content, "签署", f"{title} {step.label}", step.article)


def facts_of(case: Case, whole: Case, scope: Scope) -> dict:
    """The case as it stands: its columns, whom it is about, what the national system answered.

    What the case hides from whoever asked stays out of the pack as well.
    """
    child = scope.child
    hidden = {f.name for f in whole._meta.concrete_fields if f.get_internal_type() == "BinaryField"}
    hidden |= whole.columns_hidden_from(scope.asked_by)
    papers = case.materials.exclude(code__in=whole.papers_hidden_from(scope.asked_by))
    columns = {
        str(f.verbose_name): getattr(whole, f.attname)
        for f in whole._meta.concrete_fields
        if f.name not in hidden and not f.name.endswith("_ptr")
    }
    subjects = CaseSubject.objects.filter(case_id=case.pk).select_related("child")
    subjects = subjects.filter(child=child) if child else subjects
    filings = case.filings.values("act", "decided_on", "filed_on", "confirmed_on", "result")
    return {
        "kind": case.kind_name,
        "state": case.state_name,
        "schools": [str(school) for school in (case.lead_school, case.peer_school) if school],
        "columns": columns,
        "children": [subject.child.name for subject in subjects],
        "papers": list(papers.values("code", "label", "article", "state", "note", "checked_on")),
        "national_system": list(filings),
    }


def scans_of(case: Case, folder: str, hidden: frozenset[str]) -> Iterator[File]:
    """Originals as they were handed in, replaced ones too; none that the case hides from whoever asked."""
    scans = Scan.objects.filter(material__case_id=case.pk).exclude(material__code__in=hidden)
    scans = scans.order_by("pk").select_related("material")
    for scan in scans.iterator():
        material: Material = scan.material
        material.case = case
        content = load(key_of(material), scan.name, scan_aad(material), scan.sha256)
        path = f"{folder}/papers/{material.code}-{scan.pk}.{SUFFIX.get(scan.mime, 'bin')}"
        title = f"{material.label}{'（已替换）' if scan.withdrawn else ''}"
        yield File(path, content, "材料原件", title, material.article)


def archive_of(child: Student) -> Iterator[File]:
    """The seven parts of the child's archive: every version of every entry, and what was filed with it (第九条)."""
    kin = kin_of([child.pk])
    entries = list(with_details(Entry.objects.filter(child__in=kin).select_related("child").order_by("pk")))
    said = [
        {
            "id": entry.pk,
            "part": entry.part,
            "kind": entry.kind,
            "year": entry.year,
            "term": entry.term,
            "version": entry.version,
            "merged_from": "" if entry.child_id == child.pk else entry.child.slug,
            "void": entry.void,
            "reason": entry.reason,
            "school": entry.school.name,
            "by": entry.by.name,
            "entered_on": entry.entered_on,
            "values": values_of(entry),
        }
        for entry in entries
    ]
    if said:
        yield File("archive/entries.json", as_json(said), "学籍档案", f"{len(said)}条", str(articles.ARCHIVE))
    scans = EntryScan.objects.filter(entry__child__in=kin).select_related("file", "entry__child")
    for scan in scans.order_by("pk").iterator():
        yield filed(scan, scan.entry.child)
    yield from registered(kin)


def registered(kin: Iterable[int]) -> Iterator[File]:
    """Originals of the registration: the form the guardian signed, the child's page of the household book (第六条)."""
    scans = FiledScan.objects.filter(application__student__in=list(kin)).select_related("application__student")
    for scan in scans.order_by("pk").iterator():
        path = f"archive/registration-{scan.paper}-{scan.pk}.{SUFFIX.get(scan.mime, 'bin')}"
        title = f"{scan.get_paper_display()}（入学登记）"
        yield File(path, filing.original_of(scan), "学籍档案附件", title, str(articles.REGISTER_COLLECT))


def filed(scan: EntryScan, child: Student) -> File:
    """The original of a proof; of what merely illustrates, the picture that was kept."""
    file = scan.file
    name, digest = (file.name, file.sha256) if file.name else (file.preview_name, file.preview_sha256)
    content = load(bytes(child.wrapped_key), name, place_of(child.pk), digest)
    path = f"archive/{scan.entry_id}-{scan.pk}.{SUFFIX.get(file.mime, 'bin')}"
    return File(path, content, "学籍档案附件", f"第{scan.entry.part}部分", str(articles.ARCHIVE))


def copies_of(child: Student, pack: EvidencePack) -> Iterator[File]:
    """The frozen copies made when the child left a school, as far as they are in sight."""
    for copy in SchoolCopy.objects.visible_to(pack.asked_by).filter(student=child).order_by("pk"):
        content = as_json({"digest": copy.digest, "content": copy.content, "taken_on": copy.taken_on})
        yield File(f"copies/{copy.pk}.json", content, "离校存档", copy.left_how, str(articles.ARCHIVE_FOLLOWS))
    for copy in FrozenRecord.objects.filter(student=child).order_by("pk"):
        content = as_json({"digest": copy.digest, "content": copy.content, "taken_on": copy.taken_on})
        yield File(f"copies/graduation-{copy.pk}.json", content, "毕业存档", "毕业", str(articles.GRADUATES_FILE))


def custody_of(scope: Scope, pack: EvidencePack) -> Iterator[File]:
    """Slips on which the child's paper file went, or those of the case; with the signed receipts."""
    slips = Handover.objects.visible_to(pack.asked_by)
    if scope.child:
        slips = slips.filter(entries__child=scope.child)
    else:
        slips = slips.filter(entries__enrolment__left_by__in=[case.pk for case in scope.cases])
    for slip in slips.distinct().order_by("pk"):
        yield File(
            f"custody/{slip.number}.json", as_json(said_of(slip, scope)), "档案移交", slip.number, str(custody.LAW)
        )
        for scan in ReceiptScan.objects.filter(receipt__handover=slip).select_related("receipt").order_by("pk"):
            content = load(bytes(scan.wrapped_key), scan.name, custody.scan_aad(scan.receipt), scan.sha256)
            path = f"custody/{slip.number}-{scan.pk}.{SUFFIX.get(scan.mime, 'bin')}"
            yield File(path, content, "签收凭据", slip.number, str(custody.LAW))


def said_of(slip: Handover, scope: Scope) -> dict:
    names = ("number", "from_school", "to_name", "way", "carrier", "given_on", "given_by", "note")
    entries = slip.entries.filter(child=scope.child) if scope.child else slip.entries.all()
    ended = getattr(slip, "receipt", None)
    return {
        **{name: str(getattr(slip, name)) for name in names},
        "entries": list(entries.values("child_id", "volume_id", "pages", "box", "shelf", "line__arrived")),
        "receipt": ended
        and {n: str(getattr(ended, n)) for n in ("outcome", "received_on", "received_by", "receiver", "discrepancy")},
    }


def cited(files: Iterable[dict]) -> list[dict[str, str]]:
    """Every article that the files name, with what it says."""
    gists: dict[str, str] = {}
    for each in vars(articles).values():
        if isinstance(each, Article):  # the first constant of an article says what it is about
            gists.setdefault(each.full, each.gist)
            gists.setdefault(str(each), each.gist)
    named = {word for entry in files if (word := entry.get("article"))}
    return [{"article": word, "gist": gists.get(word, "")} for word in sorted(named)]
