"""The ways a change is decided: school then bureau, or bureau alone, with the leader's signature where the law asks.

`way()` makes the base class of a kind: its states, desks and moves, each naming the kind's own article, so that every
kind signs the same way and none writes it twice. The kind adds columns, rules, papers and effect. A kind whose road
differs (transfer, registration, dropout) declares its own moves on `Case`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models

from law import articles
from law.articles import Article

from .common_rules import exception_argued, of_level, papers_checked, papers_handed_in
from .desks import Desk, Hand, Side, Signature
from .models import Case
from .moves import back, ending, move
from .rules import Level, Rule, judge

SCHOOL, BUREAU, LEADER = "学校", "教育局", "主管局长"
REGISTRAR, SCHOOL_CHECKER = Hand("make_change", Side.LEAD), Hand("check_change", Side.LEAD)
CLERK, BUREAU_CHECKER = Hand("bureau_make", Side.LEAD), Hand("bureau_check", Side.LEAD)
LEADER_HAND = Hand("bureau_sign", Side.LEAD)
MAKE, CHECK = Signature.MAKE, Signature.CHECK

DRAFT, SCHOOL_CHECK, BUREAU_MAKE, BUREAU_CHECK, TO_LEADER = "draft", "school_check", "bureau", "bureau_check", "leader"
DONE, REFUSED, WITHDRAWN, UNDONE = "done", "refused", "withdrawn", "undone"

SCHOOL_STATES = [
    ("DRAFT", (DRAFT, "草稿")),
    ("SCHOOL_CHECK", (SCHOOL_CHECK, "待学校审核")),
    ("BUREAU", (BUREAU_MAKE, "待教育局经办")),
    ("BUREAU_CHECK", (BUREAU_CHECK, "待教育局审核")),
]
BUREAU_STATES = [("DRAFT", (DRAFT, "待教育局经办")), ("BUREAU_CHECK", (BUREAU_CHECK, "待教育局审核"))]
ENDED_STATES = [
    ("REFUSED", (REFUSED, "不予核准")),
    ("WITHDRAWN", (WITHDRAWN, "已撤回")),
    ("UNDONE", (UNDONE, "已更正撤销")),
]
LEADER_STATES = [("LEADER", (TO_LEADER, "待主管局长签批"))]

SCHOOL_DESKS = {
    DRAFT: Desk(SCHOOL, MAKE, REGISTRAR, None),
    SCHOOL_CHECK: Desk(SCHOOL, CHECK, SCHOOL_CHECKER),
    BUREAU_MAKE: Desk(BUREAU, MAKE, CLERK),
    BUREAU_CHECK: Desk(BUREAU, CHECK, BUREAU_CHECKER),
}
BUREAU_DESKS = {
    DRAFT: Desk(BUREAU, MAKE, CLERK, None),
    BUREAU_CHECK: Desk(BUREAU, CHECK, BUREAU_CHECKER),
}
LEADER_DESK = {TO_LEADER: Desk(LEADER, Signature.NONE, LEADER_HAND)}


class DecidedCase(Case):
    """What every case decided along a way has: an exception with its reason, and an effect that can be undone."""

    exception_reason = models.TextField("特批理由", blank=True)
    exception_rules = models.JSONField("特批事项", default=list, editable=False)

    # Bureau, school and leader, in the order of signing: what the desk line draws.
    STAGES: tuple[str, ...] = ()
    # Rules that a draft may still break, because working on it is what fulfils them; handing in asks them.
    AWAITED: tuple[Rule, ...] = ()

    class Meta:
        abstract = True

    @classmethod
    def deadline_words(cls, params) -> str:
        """How long the desks have, as a family is told."""
        return f"每一环节自到达次日起{params['approval.stage_workdays']}个工作日内办结"

    def lines_beside(self) -> list[dict]:
        """What the draft says beside its columns, as label and words."""
        return []

    def take_effect(self) -> None:
        """What the decision does to the record; runs inside the door's transaction, children and case locked."""
        raise NotImplementedError

    def undo_effect(self) -> None:
        """Put the record back as it was before `take_effect`. Raises Refused when later changes stand on it."""
        raise NotImplementedError

    def let_go(self) -> None:
        """What ends with a case that was refused, withdrawn or overtaken: nothing, unless it held something."""


@dataclass(frozen=True)
class Road:
    """What the moves of one kind are made from."""

    article: Article
    decide: str
    rules: tuple[Rule, ...]
    in_ceims: str
    school: bool
    leader: bool
    exception: Article
    awaited: tuple[Rule, ...] = ()
    draft: str = ""
    ends: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    bureau: bool = True
    before: tuple[tuple[str, str], ...] = ()

    @property
    def decided(self) -> str:
        """Where the decision leads: to the end, or to the first state in which the decided case still waits."""
        return self.after[0][0] if self.after else DONE

    @property
    def hard(self) -> tuple[Rule, ...]:
        return (*of_level(self.rules, Level.HARD), *self.awaited)

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        return (*self.rules, *self.awaited)

    @property
    def soft(self) -> tuple[Rule, ...]:
        return of_level(self.rules, Level.SOFT)

    @property
    def made_by(self) -> Hand:
        return REGISTRAR if self.school else CLERK

    @property
    def last_desk(self) -> str:
        """Where the second signature of the last office falls, before the leader's where there is one."""
        return BUREAU_CHECK if self.bureau else SCHOOL_CHECK

    @property
    def open_states(self) -> list[tuple]:
        by_school = SCHOOL_STATES if self.bureau else SCHOOL_STATES[:2]
        states = [*(by_school if self.school else BUREAU_STATES), *(LEADER_STATES if self.leader else [])]
        return [("DRAFT", (DRAFT, self.draft)), *states[1:]] if self.draft else states

    @property
    def early_states(self) -> list[tuple]:
        return [(value.upper(), (value, label)) for value, label in self.before]

    @property
    def waiting_states(self) -> list[tuple]:
        return [(value.upper(), (value, label)) for value, label in self.after]

    @property
    def ended_states(self) -> list[tuple]:
        return [*ENDED_STATES, *((value.upper(), (value, label)) for value, label in self.ends)]

    @property
    def desks(self) -> dict[str, Desk]:
        desks = {**(SCHOOL_DESKS if self.school else BUREAU_DESKS), **(LEADER_DESK if self.leader else {})}
        return {state: desk for state, desk in desks.items() if self.bureau or desk.stage == SCHOOL}

    @property
    def stages(self) -> tuple[str, ...]:
        of_bureau = [BUREAU] if self.bureau else []
        return (*([SCHOOL] if self.school else []), *of_bureau, *([LEADER] if self.leader else []))


def way(
    article: Article,
    *,
    decide: str,
    done: str,
    rules: Sequence[Rule] = (),
    in_ceims: str = "",
    school: bool = True,
    leader: bool = False,
    exception: Article | None = None,
    awaited: Sequence[Rule] = (),
    draft: str = "",
    ends: Sequence[tuple[str, str]] = (),
    after: Sequence[tuple[str, str]] = (),
    bureau: bool = True,
    before: Sequence[tuple[str, str]] = (),
) -> type[DecidedCase]:
    """The abstract base of a kind decided under `article`.

    `decide` is the label of the deciding move, `done` the name of the decided state. With `school` the school makes
    and checks before the bureau makes and checks; without it the bureau's clerk begins; without `bureau` the school's
    two hands decide, and no rule may be soft. With `leader` 主管局长 signs last. Soft `rules` can be lifted by the
    leader alone, with a reason. `in_ceims` names the act to be repeated there.
    `awaited` are hard rules asked from handing in onwards, not of the draft; `draft` is another name for the draft;
    `ends` are further closed states (value, label) that the kind reaches by moves of its own; `after` open ones
    in which the decided case waits, the first reached by the decision, with desks and moves of the kind's own;
    `before` open ones of a longer road that leads to the draft, with desks and moves of the kind's own too.
    """
    road = Road(
        article,
        decide,
        tuple(rules),
        in_ceims,
        school,
        leader,
        exception or article,
        tuple(awaited),
        draft,
        tuple(ends),
        tuple(after),
        bureau,
        tuple(before),
    )
    roads = [_forward(road)]
    if school and bureau:
        roads.append(_through_school(road))
    if leader:
        roads.append(_to_leader(road))
    elif road.soft:
        roads.append(_by_exception(road))

    class Way(*roads, _ways_out(road), DecidedCase):
        State = models.TextChoices(
            "State",
            [*road.early_states, *road.open_states, *road.waiting_states, ("DONE", (DONE, done)), *road.ended_states],
        )
        ARTICLE = article
        RULES = road.rules
        AWAITED = road.awaited
        OPENER = road.made_by
        DESKS = road.desks
        STAGES = road.stages
        CLOSED = frozenset({DONE, REFUSED, WITHDRAWN, UNDONE, *(value for value, _ in road.ends)})
        SUCCESS = frozenset({DONE})
        PAPERS_OPEN = frozenset({DRAFT})

        class Meta:
            abstract = True

    return Way


def _forward(road: Road) -> type:
    """Handing in and deciding: every way has both."""
    papers = papers_handed_in(road.article) if road.school else papers_checked(road.article)
    argued = [exception_argued(road.article)] if road.soft else []
    checked = papers_checked(road.article)

    class Forward:
        @move(
            "提交学校审核" if road.school else "拟同意，报审核",
            source=DRAFT,
            target=SCHOOL_CHECK if road.school else BUREAU_CHECK,
            article=road.article,
            rules=[*road.hard, *argued, papers],
        )
        def submit(self, **_):
            self.accept()

        @move(
            road.decide,
            source=TO_LEADER if road.leader else road.last_desk,
            target=road.decided,
            article=road.article,
            rules=[*(road.hard if road.leader else road.all_rules), checked],
            in_ceims=road.in_ceims,
        )
        def approve(self, **_):
            self.exception_rules = exempted(self, road.soft)
            self.take_effect()

    return Forward


def _through_school(road: Road) -> type:
    """The school's checker, then the bureau's clerk."""
    checked = papers_checked(road.article)

    class ThroughSchool:
        @move("学校核实无误，报教育局", source=SCHOOL_CHECK, target=BUREAU_MAKE, article=road.article, rules=[checked])
        def vouch(self, **_):
            pass

        @move("拟同意", source=BUREAU_MAKE, target=BUREAU_CHECK, article=road.article, rules=[*road.hard, checked])
        def propose(self, **_):
            pass

    return ThroughSchool


def _to_leader(road: Road) -> type:
    """The bureau's checker passes the case on to the leader, who decides."""
    rules = [*road.hard, papers_checked(road.article)]

    class ToLeader:
        @move("审核同意，报主管局长", source=BUREAU_CHECK, target=TO_LEADER, article=road.article, rules=rules)
        def pass_on(self, **_):
            pass

    return ToLeader


def _by_exception(road: Road) -> type:
    """What 原则上 is not done, the leader may allow with a reason."""

    class ByException:
        @move(
            f"特批：{road.decide}",
            source=BUREAU_CHECK,
            target=road.decided,
            article=road.exception,
            hand=LEADER_HAND,
            rules=[*road.hard, papers_checked(road.article)],
            opinion_required=True,
            tone="warning",
            in_ceims=road.in_ceims,
        )
        def grant_exception(self, **_):
            self.exception_rules = exempted(self, road.soft)
            self.take_effect()

    return ByException


def _ways_out(road: Road) -> type:
    """Sent back, refused, withdrawn, overtaken; and the further act that corrects a decision."""
    everywhere = [value for _, (value, _) in road.open_states]
    still_open = [*(value for value, _ in (*road.before, *road.after)), *everywhere]
    checkers = [state for state in (SCHOOL_CHECK, BUREAU_CHECK, TO_LEADER) if state in everywhere]

    class WaysOut:
        @back("退回补正", source=[state for state in everywhere if state != DRAFT], target=DRAFT, article=road.article)
        def send_back(self, **_):
            self.round += 1

        @move(
            "不予核准",
            source=checkers,
            target=REFUSED,
            article=road.article,
            opinion_required=True,
            tone="danger",
        )
        def refuse(self, **_):
            self.let_go()

        @ending("撤回申请", source=still_open, target=WITHDRAWN, article=road.article, hand=road.made_by)
        def withdraw(self, **_):
            self.let_go()

        @ending(
            "终止（逾期未提交，或由死亡注销取代）",
            source=still_open,
            target=WITHDRAWN,
            article=articles.CHANGES_IN_TIME,
            hand=BUREAU_CHECKER,
        )
        def give_way(self, **_):
            self.let_go()

        @ending(
            "更正：撤销原决定",
            source=DONE,
            target=UNDONE,
            article=articles.DECISION_CORRECTED,
            hand=LEADER_HAND,
            in_ceims=f"撤销：{road.in_ceims}" if road.in_ceims else "",
            undoes=True,
        )
        def undo(self, **_):
            self.undo_effect()

    return WaysOut


def exempted(case: Case, soft: Sequence[Rule]) -> list[str]:
    """The rules from which the leader exempts this case, in words, for the record."""
    return [f"{finding.message}（{finding.article}）" for finding in judge(soft, case.facts).broken]
