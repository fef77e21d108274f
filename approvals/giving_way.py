"""What precedes every other change ends those that are open (第二十八条)."""

from .models import Case, CaseSubject
from .services import lock, make_move, open_transition


def end_other_cases(case: Case, *, opinion: str) -> None:
    """What precedes every other change ends them, each by a step of its own (`give_way`).

    The step is signed by whoever signs the preceding act and by the power of that act, not by a hand of the case that
    gives way: it may be led by a school of another bureau.
    """
    children = CaseSubject.objects.filter(case_id=case.pk).values("child")
    others = CaseSubject.objects.filter(child__in=children, blocking=True).exclude(case_id=case.pk)
    for other in Case.objects.filter(subjects__in=others).order_by("pk"):
        other = lock(other)
        given = {"by": case.acting, "power": case.acting_power, "opinion": opinion, "particulars": {}}
        make_move(other, open_transition(other, "give_way"), **given)
