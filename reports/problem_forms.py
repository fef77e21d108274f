"""问题学籍处理申请表: one form for 佐证, 删除 and 合并, by which a record that is in doubt is settled (第七、八条)."""

from approvals.models import Case
from approvals.ways import BUREAU, LEADER, SCHOOL
from students.models import Deletion, Merge, Problem, Proof, Student
from students.problems.deletion import Why
from students.problems.merge import ShownBy

from .decisions import blank_blocks, opinion_blocks
from .suspension_forms import head_of, ticks
from .wording import day

KINDS = {Proof.kind_code: "佐证", Deletion.kind_code: "删除", Merge.kind_code: "合并"}
BLOCKS = {
    SCHOOL: ("学校意见", "校　长"),
    BUREAU: ("县级教育行政部门意见", "负责人"),
    LEADER: ("主管局长意见", "主管局长"),
}
USUAL_PAPERS = (
    "佐证：在校就读证明，户口簿或身份证原件扫描件",
    "删除：学生不在本校就读的说明，实际就读学校的在校证明",
    "合并：实际就读学校的在校证明，认定为同一人的说明，户口簿或身份证",
)
NOTHING_CHOSEN = {"whats": "", "whys": "", "shown": ""}


def problem_form(case: Case | None) -> dict:
    """The record in doubt, what was found, which of the three remedies is asked for and on what ground."""
    if case is None:
        return {
            **choices(NOTHING_CHOSEN),
            "kinds": ticks(KINDS, ""),
            "papers": [{"ticked": False, "label": label} for label in USUAL_PAPERS],
            "desks": blank_blocks(BLOCKS),
            "decision": "空白表",
        }
    finding = finding_of(case)
    own = {Proof: asked_proof, Deletion: asked_deletion, Merge: asked_merge}[case.model](case)
    return head_of(case) | {
        **choices(NOTHING_CHOSEN | {"whats": finding.what if finding else ""} | own.pop("chosen")),
        "kinds": ticks(KINDS, case.kind),
        "finding": finding.facts if finding else "",
        "found_on": day(finding.found_on) if finding else "",
        "explanation": case.explanation,
        "desks": opinion_blocks(case, {stage: BLOCKS[stage] for stage in case.STAGES}),
        **own,
    }


def choices(chosen: dict[str, str]) -> dict:
    """The three lists of boxes, with what is chosen in each."""
    listed = {"whats": Problem.What, "whys": Why, "shown": ShownBy}
    return {name: ticks(dict(listed[name].choices), value) for name, value in chosen.items()}


def finding_of(case: Case) -> Problem | None:
    """The finding that this case settles: the one named, the one it has settled, or the last still open."""
    if case.kind == Proof.kind_code:
        return case.problem
    about = Problem.objects.filter(pk__in=Problem.objects.about(in_doubt(case)).values("pk")).order_by("-pk")
    return about.filter(resolved_by=case.pk).first() or about.filter(state=Problem.State.OPEN).first()


def in_doubt(case: Case) -> Student:
    return case.gone if case.kind == Merge.kind_code else case.child


def asked_proof(case: Proof) -> dict:
    return {"chosen": {}}


def asked_deletion(case: Deletion) -> dict:
    return {"chosen": {"whys": case.why}, "sits_at": case.sits_at}


def asked_merge(case: Merge) -> dict:
    """The record that stays stands above; of the other what tells it apart, its numbers masked."""
    return {
        "chosen": {"shown": case.shown_by},
        "sits_at": str(case.attends.name if case.attends else ""),
        "gone": {
            "name": case.gone.name,
            "school": case.gone.school.name,
            "id_number": masked(case.gone, "id"),
            "registry_number": masked(case.gone, "registry"),
        },
    }


def masked(child: Student, kind: str) -> str:
    """The number the record holds, or held last before it was merged away."""
    number = child.number(kind) or child.numbers.filter(kind=kind).order_by("-until", "-pk").first()
    return number.masked if number else "没有"
