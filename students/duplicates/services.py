"""Starting the search and deciding a pair: two people's records, or one child's, once."""

from django.db import transaction

from accounts.models import User
from accounts.policies import Powers, may
from approvals.bureaus import bureau_behind
from approvals.errors import NotYourHand, Refused
from jianping_xueji.jobs.services import start
from law import articles, clock

from .models import Likeness, LikenessRuling

NOT_YOURS = f"疑似重复学籍由教育局经办人员查找和认定（{articles.NO_FALSE_RECORD}）。"
GROUND_LENGTH = LikenessRuling._meta.get_field("ground").max_length
State = Likeness.State


@transaction.atomic
def ask_to_find(by: User):
    """Let a job search the county. Raises NotYourHand."""
    bureau_behind(Powers.of(by), "bureau_make", refusal=NOT_YOURS)
    return start("duplicates.find", {}, by=by)


def may_decide(user: User, likeness: Likeness) -> bool:
    """The bureau's clerk of either child."""
    return any(may(user, "bureau_make", child.school_id) for child in likeness.children)


@transaction.atomic
def decide(likeness: Likeness, *, same: bool, ground: str, by: User) -> Likeness:
    """Same child or not, by what was looked at; kept, and not asked again while the facts stand.

    Raises NotYourHand, Refused.
    """
    likeness = Likeness.objects.select_for_update().get(pk=likeness.pk)
    if not may_decide(by, likeness):
        raise NotYourHand(NOT_YOURS)
    ground = ground.strip()
    if not ground or len(ground) > GROUND_LENGTH:
        raise Refused(f"请写明认定的依据（如：两本户口簿、电话核实），不超过{GROUND_LENGTH}字。")
    if likeness.state != State.OPEN:
        raise Refused(f"这一对已是“{likeness.get_state_display()}”，情况有变化时会重新列出。")
    LikenessRuling.objects.create(
        likeness=likeness, same=same, ground=ground, digest=likeness.digest, by=by, on=clock.today()
    )
    likeness.state, likeness.closed_on = State.SAME if same else State.DIFFERENT, clock.today()
    likeness.save(update_fields=["state", "closed_on"])
    return likeness
