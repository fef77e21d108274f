"""Each roster child held against the register: by its number, present or former, else by name, sex and birth.

Everything is looked up where it is asked (`RosterStanding`, a view), so that the list is right at the moment it is
looked at: a registration, a transfer or a death of this morning counts. A record that never began or was erased is
nobody's, a merged one stands for its survivor.
"""

from datetime import date

from django.db import models
from django.db.models import Case, F, Q, QuerySet, Value, When

from law import clock, parameters
from law.models import Term
from law.school_time import first_day

from ..models.child import Student
from .models import RosterChild, Settled


class Result(models.TextChoices):
    """Where a roster child is, as far as the county knows."""

    DUE = "due", "应入未入"
    SUSPECT = "suspect", "疑似已入学，待认定"
    WAITING = "waiting", "待入学"
    ENROLLED = "enrolled", "已入学"
    PENDING = "pending", "已登记待注册"
    ELSEWHERE = "elsewhere", "在外县就读"
    DEFERRED = "deferred", "缓学"
    TOO_YOUNG = "too_young", "未达龄"
    MOVED = "moved", "迁出"
    DECEASED = "deceased", "死亡"


# Whom somebody still has to look after.
OPEN = (Result.DUE, Result.SUSPECT, Result.WAITING)
TONES = {
    Result.DUE: "refused",
    Result.SUSPECT: "soon",
    Result.WAITING: "wait",
    Result.ENROLLED: "done",
    Result.PENDING: "now",
    Result.DEFERRED: "soon",
}


def term_start(year: int) -> date:
    """The first day of the autumn term: as announced, else 1 September."""
    announced = Term.objects.filter(year=year, number=1).values_list("starts", flat=True).first()
    return announced or first_day(year)


def youngest_birth(year: int) -> date:
    """The last birthday with which a child must enter school in this year (第四条: 年满6周岁)."""
    params = parameters.on(clock.today())
    cutoff = params.yearly("intake.cutoff", year)
    return cutoff.replace(year=year - params["intake.age"])


def with_results(children: QuerySet[RosterChild], year: int, starts: date | None = None) -> QuerySet[RosterChild]:
    """The children of a roster year, each with `record_id` (its record), `alike_id` (a suspected one) and `result`."""
    found = children.filter(year=year).annotate(
        record_id=F("standing__record"),
        record_status=F("standing__record_status"),
        alike_id=F("standing__alike"),
        deferral=F("standing__deferral"),
    )
    return found.annotate(result=_result(year, starts or term_start(year)))


def _result(year: int, starts: date) -> Case:
    has_record, accepted = Q(standing__record__isnull=False), Q(accepted_on__isnull=False)
    status = Student.Status
    begun = starts <= clock.today()
    return Case(
        When(Q(record_status=status.DECEASED), then=Value(Result.DECEASED)),
        When(Q(record_status=status.PENDING), then=Value(Result.PENDING)),
        When(Q(record_status=status.MOVED_AWAY), then=Value(Result.ELSEWHERE)),
        When(has_record & ~Q(standing__record_bureau=F("bureau")), then=Value(Result.ELSEWHERE)),
        When(has_record, then=Value(Result.ENROLLED)),
        *(When(accepted & Q(settled=each), then=Value(Result(each.value))) for each in Settled),
        When(~Q(standing__deferral=""), then=Value(Result.DEFERRED)),
        When(birth_date__gt=youngest_birth(year), then=Value(Result.TOO_YOUNG)),
        When(alike_id__isnull=False, then=Value(Result.SUSPECT)),
        default=Value(Result.DUE if begun else Result.WAITING),
        output_field=models.CharField(),
    )


def result_of(child: RosterChild) -> RosterChild:
    """One child as it stands now, with its results and its owner."""
    return with_results(RosterChild.objects.with_owner().filter(pk=child.pk), child.year).get()
