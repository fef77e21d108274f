"""docs/changes.md, read off the machines themselves: kind → states → hand → article → materials → clock."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from approvals.kinds import by_kind
from approvals.models import Case
from law.parameters import DEFINITIONS
from schools.models import School

PAGE = Path("docs") / "changes.md"
HEAD = """# Every change of the record

Written by `bin/manage describe_changes`; a test fails when it is stale. One section per kind of case: the states and
on whose desk each lies, the moves with hand, article and rules, the papers asked for.
"""
SIDES = {"lead": "主办学校", "peer": "相对学校"}


class Command(BaseCommand):
    help = "Write docs/changes.md from the state machines (--check: fail when it is stale)."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check, **options):
        page, text = Path(settings.BASE_DIR) / PAGE, described()
        if check:
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                raise CommandError(f"{PAGE} is stale: run bin/manage describe_changes")
            return
        page.write_text(text, encoding="utf-8")
        self.stdout.write(f"{PAGE}: {len(by_kind())} kinds")


def described() -> str:
    """The whole page."""
    kinds = sorted(by_kind().values(), key=lambda kind: (kind.article_number(), kind.kind_code))
    return "\n".join([HEAD, *[line for kind in kinds for line in lines_of(kind)]]) + "\n"


def lines_of(kind: type[Case]) -> Iterator[str]:
    name, doc = kind._meta.verbose_name, (kind.__doc__ or "").strip().splitlines()[0]
    yield f"## {name} · `{kind.__name__}`\n"
    yield f"{doc}\n"
    yield "| 状态 | 标识 | 在谁手里 | 期限 |\n|---|---|---|---|"
    for state in kind.State:
        yield f"| {state.label} | `{kind.__name__}.State.{state.name}` | {holder(kind, state)} | {limit(kind, state)} |"
    yield "\n| 动作 | 标识 | 依据 | 由何状态 → 到何状态 | 由谁 | 核对的规则 |\n|---|---|---|---|---|---|"
    yield from moves_of(kind)
    if papers := kind.paper_list():
        yield f"\n材料：{'；'.join(papers)}。"
    yield ""


def holder(kind: type[Case], state) -> str:
    desk = kind.DESKS.get(state)
    return f"{desk.name}（{hand_in_words(desk.hand)}）" if desk else "已结"


def limit(kind: type[Case], state) -> str:
    desk = kind.DESKS.get(state)
    if not (desk and desk.clock):
        return ""
    definition = DEFINITIONS[desk.clock]
    source = definition.article
    return f"{definition.default}个工作日（{source if source.number else source.document.number}）"


def hand_in_words(hand) -> str:
    rights = dict(School._meta.permissions)
    return f"{SIDES[hand.side]} {rights[hand.right]}"


def moves_of(kind: type[Case]) -> Iterator[str]:
    """One row per move; a move from many states is one row."""
    names = dict(kind.State.choices)
    found: dict[str, list] = {}
    for transition in kind._meta.get_field("state").get_all_transitions(kind):
        found.setdefault(transition.name, []).append(transition)
    order = kind.State.values
    for name, transitions in sorted(found.items(), key=lambda item: min(order.index(t.source) for t in item[1])):
        described = transitions[0].custom["move"]
        left = {t.source for t in transitions}
        sources = "、".join(names[each] for each in order if each in left)
        reached = {each for t in transitions for each in targets_of(t)}
        targets = "、".join(names[each] for each in order if each in reached)
        hand = hand_in_words(described.hand) if described.hand else "所在环节"
        rules = "；".join(dict.fromkeys(f"{r.kept_message}" for r in transitions[0].conditions))
        yield (
            f"| {described.label} | `{kind.__name__}.{name}()` | {described.article} "
            f"| {sources} → {targets} | {hand} | {rules} |"
        )


def targets_of(transition) -> list:
    """Where a move may lead: one state, or those its GET_STATE names."""
    return list(getattr(transition.target, "allowed_states", None) or [transition.target])
