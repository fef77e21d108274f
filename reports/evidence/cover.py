"""封面 of an evidence pack: what was decided under which article, by whom, and every file with its hash."""

from collections import defaultdict

from approvals.models import Step
from archives.evidence.collecting import Scope, cited
from archives.models import EvidencePack

from ..subject import Sheet
from ..wording import day

HASH_SHOWN = 16


def evidence_cover(about: None) -> dict:
    return {"sections": [], "files": [], "prints": [], "decision": "空白表"}


def cover_of(pack: EvidencePack, scope: Scope, files: list[dict], prints: list[dict]) -> Sheet:
    """The cover as a sheet of the school by whose right the pack was ordered."""
    content = {
        "pack": pack.number,
        "title": scope.title,
        "school": pack.school.name,
        "bureau": str(pack.school.bureau),
        "purpose": pack.purpose,
        "asked_by": pack.asked_by.name,
        "asked_on": day(pack.asked_on),
        "mark": f"{pack.asked_by.name} {pack.asked_on:%Y-%m-%d} {pack.purpose}",
        "sections": sections_of(scope, cited(files)),
        "files": [row_of(n, entry) for n, entry in enumerate(files, 1)],
        "prints": prints,
        "chain": scope.chain_head,
        "decision": f"证据包{pack.number}，{len(files)}个文件",
    }
    subject = f"证据包{pack.number}，{pack.school.name}"
    return Sheet(content, (pack.school_id,), subject, school=pack.school)


def sections_of(scope: Scope, law: list[dict]) -> list[dict]:
    """The decisions told article by article, each in the order in which it was signed."""
    acts = defaultdict(list)
    steps = Step.objects.filter(case__in=[case.pk for case in scope.cases]).order_by("pk")
    for step in steps.select_related("actor", "case"):
        acts[step.article].append(act_of(step))
    gists = {each["article"]: each["gist"] for each in law}
    return [{"article": article, "gist": gists.get(article, ""), "acts": rows} for article, rows in acts.items()]


def act_of(step: Step) -> dict:
    return {
        "on": f"{step.acted_on:%Y-%m-%d}",
        "case": step.case.number,
        "what": " ".join(filter(None, [step.stage, step.label])),
        "who": step.actor.name,
        "opinion": step.opinion,
    }


def row_of(number: int, entry: dict) -> dict:
    return {
        "order": str(number),
        "path": entry["path"],
        "kind": entry["kind"],
        "title": entry["title"],
        "hash": entry["sha256"][:HASH_SHOWN],
    }
