"""The moves by which a school works on its batch before handing it in: each is signed, none is a button of its own."""

from approvals.errors import Refused
from approvals.moves import move
from law import articles, clock

WITH_SCHOOL = "filled"


def on_children():
    """The effects; imported when they are needed, because they stand above the model these moves are part of."""
    from . import newcomers

    return newcomers


def at_school(label: str, **more):
    """A move of the registrar that leaves the batch where it is."""
    kept = {"source": WITH_SCHOOL, "target": WITH_SCHOOL, "article": articles.REGISTER_COLLECT}
    return move(label, signs=False, by_hand=False, **kept | more)


class IntakeMoves:
    """What a registration batch can do while it lies with the school."""

    @at_school("登记新生")
    def enter(self, search, newcomer, **_):
        self.entered = on_children().enter(self, search, newcomer)

    @at_school("更正登记")
    def amend(self, child, newcomer, **_):
        on_children().amend(self, child, newcomer)

    @at_school("移出本批", opinion_required=True)
    def take_out(self, child, **_):
        on_children().take_out(self, child)

    @at_school("编班")
    def seat(self, places, **_):
        on_children().seat(self, places)

    @at_school("登记监护人签字")
    def sign_for(self, children, signed_on, signer="", relation="", **_):
        if signed_on > clock.today():
            raise Refused(f"签字日期不能晚于今日（{articles.REGISTER_COLLECT}）。")
        who = {"signed_on": signed_on, "signer": signer.strip(), "relation": relation, "by": self.acting}
        on_children().sign_for(self, children, **who)

    @at_school("待签的另立一批")
    def set_apart(self, to_case, **_):
        if not on_children().set_apart(self, to_case):
            raise Refused(f"本批学生的监护人都已签字，不必另立（{articles.REGISTER_COLLECT}）。")

    @at_school("接入统筹学生", article=articles.CATCHMENT)
    def take_over(self, child, **_):
        on_children().join_batch(self, child)

    @at_school("报教育局统筹", article=articles.CATCHMENT)
    def let_go_to_bureau(self, child, **_):
        on_children().leave_batch(self, child)
