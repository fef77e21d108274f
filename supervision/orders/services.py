"""Drawing up an order from what the record shows, or from a complaint that proved founded."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from approvals.errors import Refused, RulesBroken
from approvals.materials import lay_out
from approvals.rules import judge
from approvals.services import lock_draft, open_case
from jianping_xueji import vault
from law import clock
from schools.models import School

from ..complaints.case import Complaint
from .breaches import COMPLAINED, Breach, signs_at
from .case import LAW, Rectification
from .rules import RULES, OrderFacts


def open_order(school: int, breach: str, *, besides: Rectification | None = None) -> Rectification | None:
    """The order of this kind at the school that has not ended."""
    running = Rectification.objects.filter(school=school, breach=breach, standing=True)
    return (running.exclude(pk=besides.pk) if besides and besides.pk else running).first()


def shown_at(school: int, breach: str) -> list[dict]:
    """What the record shows of this breach at this school today, as the order keeps it."""
    signs = [sign for sign in signs_at([school]) if sign.breach == breach]
    return [{"title": sign.title, "number": sign.number} for sign in signs]


def words_of(shown: list[dict]) -> str:
    """The signs as the first sentence of the facts."""
    said = "；".join(f"{each['title']}{each['number']}项" for each in shown)
    return f"截至{clock.today():%Y年%-m月%-d日}，学籍系统显示：{said}。" if said else ""


def refuse_unlawful(school: School, breach: str, facts_text: str, demand_text: str, besides=None) -> None:
    """Raises RulesBroken with every breach of the rules."""
    same = open_order(school.pk, breach, besides=besides)
    facts = OrderFacts(clock.today(), facts_text, demand_text, same.number if same else "")
    verdict = judge(RULES, facts)
    if verdict.broken:
        raise RulesBroken(verdict)


@transaction.atomic
def draw_up(school: School, *, by, complaint: Complaint | None = None, **given) -> Rectification:
    """The draft of an order, with what the record shows that day; a `complaint` it rests on is proved, of this school.

    Raises RulesBroken, NotYourHand, Refused.
    """
    if complaint and not (complaint.lead_school_id == school.pk and complaint.is_proved):
        raise Refused(f"{complaint.number}不是查实{school}的投诉，不能据此拟令（{LAW}）。")
    refuse_unlawful(school, given["breach"], given["facts_text"], given["demand_text"])
    with one_order_standing():
        case = open_case(
            Rectification,
            by=by,
            lead=school,
            children=[],
            state=Rectification.State.DRAFT,
            school=school,
            proved_by=complaint,
            shown=shown_at(school.pk, given["breach"]),
            wrapped_key=vault.new_child_key(),
            **given,
        )
    lay_out(case, case.papers())
    return case


@transaction.atomic
def keep(case: Rectification, *, by, **given) -> Rectification:
    """Write the draft anew. Raises Refused once handed in, NotYourHand, RulesBroken."""
    case = lock_draft(case, by=by)
    refuse_unlawful(case.lead_school, given["breach"], given["facts_text"], given["demand_text"], besides=case)
    for name, value in given.items():
        setattr(case, name, value)
    case.shown = shown_at(case.school_id, case.breach)
    with one_order_standing():
        case.save()
    return case


@contextmanager
def one_order_standing() -> Iterator[None]:
    """The database lets one order of a kind stand at a school: Refused when two clerks draw it up at once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(f"同一学校同一情形的责令改正刚刚由他人登记，请刷新后查看（{LAW}）。") from error


def breach_of(complaint: Complaint) -> Breach:
    """Which item of 第三十八条 a founded complaint would be."""
    return COMPLAINED[complaint.matter]
