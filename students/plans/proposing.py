"""第八条：学校申报招生计划——学籍管理员填报，校长签字，教育局经办核定或者退回；此后与教育局自编的计划同一条路."""

from approvals.common_rules import of_level
from approvals.desks import Desk, Hand, Side
from approvals.moves import Move, back, move
from approvals.rules import Level
from approvals.ways import BUREAU, BUREAU_DESKS, CHECK, CLERK, DRAFT, MAKE, REGISTRAR, SCHOOL

from .rules import LAW, RULES

PROPOSAL, TO_HEADMASTER = "proposal", "headmaster"
BEFORE = [(PROPOSAL, "学校拟报"), (TO_HEADMASTER, "待校长签字")]
DESKS = {
    PROPOSAL: Desk(SCHOOL, MAKE, REGISTRAR, None),
    TO_HEADMASTER: Desk(SCHOOL, CHECK, Hand("sign_change", Side.LEAD)),
    **BUREAU_DESKS,
    # A school waits for its plan: the clerk's working days run, which they do not for a draft of the bureau's own.
    DRAFT: Desk(BUREAU, MAKE, CLERK),
}
HARD = of_level(RULES, Level.HARD)
RETURN = "退回学校修改"


class Proposed:
    """The longer beginning of a plan: the school asks, and the draft arrives on the bureau's desk with its figures."""

    @move("报校长签字", source=PROPOSAL, target=TO_HEADMASTER, article=LAW, rules=HARD)
    def hand_in(self, **_):
        self.accept()

    @move("校长签字，报教育局核定", source=TO_HEADMASTER, target=DRAFT, article=LAW, rules=HARD)
    def sign_proposal(self, **_):
        pass

    @back(RETURN, source=[TO_HEADMASTER, DRAFT], target=PROPOSAL, article=LAW)
    def return_to_school(self, **_):
        self.round += 1

    def hand_of(self, described: Move) -> Hand | None:
        """Who began a plan withdraws it; what no school proposed does not go back to one."""
        if self.proposed:
            return REGISTRAR if described.hand == CLERK else super().hand_of(described)
        return None if described.label == RETURN else super().hand_of(described)

    def desk_of(self, state: str) -> Desk | None:
        desks = self.DESKS if self.proposed else BUREAU_DESKS
        return desks.get(state)
