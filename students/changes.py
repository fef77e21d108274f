"""A change of one child's record: what every kind decided along a way shares, and the services of its draft.

A kind lists `RecordChange` before its way, and supplies columns, `DRAFT`, rules over a `Standing`, papers, and
`change_record()`; the journal makes the decision undoable.
"""

from django.db import models, transaction

from approvals.common_rules import of_level
from approvals.errors import RulesBroken
from approvals.kinds import by_kind
from approvals.materials import Paper, facts_of_papers, lay_out
from approvals.models import Case
from approvals.rules import Level, Verdict, judge
from approvals.services import lock_children, lock_draft, open_case, set_due
from law import clock

from . import journal
from .models import Student
from .problems.detection import recheck
from .standing import Standing, basics_of


class RecordChange(models.Model):
    """一名学生的一件学籍变动"""

    FACTS: type[Standing] = Standing
    # What the draft form asks for, named as the columns of the kind.
    DRAFT: tuple[str, ...] = ()
    # What the draft says beside its columns; `keep_draft` writes it and `given` reads it back.
    BESIDE: tuple[str, ...] = ()
    # Drafts that between them ask for every paper of the kind.
    VARIANTS: tuple[dict, ...] = ({},)
    # A form of the kind's own, where columns alone do not say everything.
    FORM: type | None = None
    # Forms that print from the case page: (code, label).
    PRINTS: tuple[tuple[str, str], ...] = ()
    # Papers that print once the case is decided.
    PROOFS: tuple[tuple[str, str], ...] = ()
    # The column with the day on which the thing decided happened, when it may be entered later than that.
    HAPPENED = ""
    # The column of the draft that the day asked about on 能办什么 fills.
    DAY_ASKED = ""
    TEMPLATE = "students/change.html"
    # Begun from the page of one child; a kind about many children begins on a page of its own.
    FROM_CHILD = True
    NOTICES = True

    class Meta:
        abstract = True

    @classmethod
    def own_facts(cls, child: Student, on, given: dict) -> dict:
        """The facts of this kind beyond `Standing`, from the child and what the draft says."""
        return {}

    @classmethod
    def facts_for(
        cls, child: Student, on, *, case: Case | None = None, basics: dict | None = None, **given
    ) -> Standing:
        """Facts of an intended or running change; nothing needs to be saved. `basics` when they are known already."""
        basics = basics or basics_of(child, on, case=case)
        return cls.FACTS(**basics, **cls.own_facts(child, on, given))

    @classmethod
    def known_of(cls, child: Student) -> dict:
        """Columns nobody types because they follow from the child; fixed when the draft is begun."""
        return {}

    @classmethod
    def lead_for(cls, child: Student, given: dict):
        """The school that conducts the case."""
        return child.school

    @classmethod
    def peer_for(cls, child: Student, given: dict):
        """The other school of the case, if there is one."""
        return None

    @classmethod
    def children_for(cls, child: Student, given: dict) -> list[Student]:
        """Whom the case is about; the first is the case's `child`."""
        return [child]

    @classmethod
    def paper_list(cls):
        return list(dict.fromkeys(paper.label for given in cls.VARIANTS for paper in cls(**given).papers()))

    def papers(self) -> list[Paper]:
        """The checklist of this case, told once and in full (一次性告知)."""
        return []

    def keep_draft(self, given: dict) -> None:
        """Write what the draft says beside its columns; the row itself is saved already."""

    def change_record(self) -> None:
        """The effect of the decision on the child's record."""
        raise NotImplementedError

    def given(self) -> dict:
        """The draft as it stands."""
        return {name: getattr(self, name) for name in self.DRAFT}

    def build_facts(self, day):
        facts = self.facts_for(self.child, self.accepted_on or day, case=self, **self.given())
        lying = facts_of_papers(self)
        soft = judge(of_level(self.RULES, Level.SOFT), facts).broken
        missing = bool(soft) and not self.exception_reason.strip()
        return type(facts)(**{**vars(facts), **lying, "exception_missing": missing})

    def day_of(self, particulars):
        """A decision entered late keeps the day the thing happened beside the day it was entered."""
        happened = getattr(self, self.HAPPENED) if self.HAPPENED and self.state in self.SUCCESS else None
        return happened if happened and happened <= clock.today() else None

    def take_effect(self):
        with journal.kept(self):
            self.change_record()
        self.look_again()

    def undo_effect(self):
        journal.restore(self)
        self.look_again()

    def look_again(self) -> None:
        """Whatever a decision changes may make a 问题学籍 or cure one."""
        recheck(self.subjects.values_list("child_id", flat=True))

    def page(self, user):
        from .change_pages import page_of

        return page_of(self, user)


def kinds_of_change() -> dict[str, type[RecordChange]]:
    """kind → model of every change of the record, in the order of their articles."""
    found = {kind: model for kind, model in by_kind().items() if issubclass(model, RecordChange)}
    return dict(sorted(found.items(), key=lambda item: item[1].ARTICLE.number))


def verdict_on(kind: type[RecordChange], child: Student, on=None, **given) -> Verdict:
    """能否办理: every rule of the kind over an intended change."""
    return judge(kind.RULES, kind.facts_for(child, on or clock.today(), **given))


def verdicts_on(child: Student, on=None) -> list[tuple[type[RecordChange], Verdict]]:
    """能否办理 for every kind that begins from a child's page; what they share is looked up once."""
    on = on or clock.today()
    basics = basics_of(child, on)
    kinds = [kind for kind in kinds_of_change().values() if kind.FROM_CHILD]
    return [(kind, judge(kind.RULES, kind.facts_for(child, on, basics=basics))) for kind in kinds]


def columns_of(kind: type[RecordChange], given: dict) -> dict:
    """The part of a draft that is kept in columns."""
    return {name: value for name, value in given.items() if name not in kind.BESIDE}


def refuse_unlawful(kind: type[RecordChange], child: Student, given: dict) -> None:
    """A draft that no signature could pass is not begun. Raises RulesBroken with every breach."""
    verdict = judge(of_level(kind.RULES, Level.HARD), kind.facts_for(child, clock.today(), **given))
    if verdict.broken:
        raise RulesBroken(verdict)


@transaction.atomic
def start_change(kind: type[RecordChange], child: Student, *, by, exception_reason: str = "", **given):
    """Open a draft of this kind with its checklist. Raises RulesBroken, NotYourHand, ChildBusy."""
    children = kind.children_for(child, given)
    lock_children({child.pk, *(each.pk for each in children)})
    child = Student.objects.select_related("school__bureau").get(pk=child.pk)
    refuse_unlawful(kind, child, given)
    case = open_case(
        kind,
        by=by,
        lead=kind.lead_for(child, given),
        peer=kind.peer_for(child, given),
        children=children,
        state=kind.State.DRAFT,
        exception_reason=exception_reason,
        **columns_of(kind, given),
        **kind.known_of(child),
    )
    case.keep_draft(given)
    lay_out(case, case.papers())
    return case


@transaction.atomic
def keep_change(case: Case, *, by, exception_reason: str = "", **given):
    """Write the draft's fields. Raises Refused when it has been handed in, NotYourHand, RulesBroken."""
    case = lock_draft(case, by=by)
    for name, value in columns_of(case.model, given).items():
        setattr(case, name, value)
    case.keep_draft(given)
    case.exception_reason = exception_reason
    case.peer_school = case.peer_for(case.child, case.given())
    verdict = judge(of_level(case.RULES, Level.HARD), case.facts)
    if verdict.broken:
        raise RulesBroken(verdict)
    set_due(case, case.desk)
    case.save()
    lay_out(case, case.papers())
    return case
