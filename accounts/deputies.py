"""Naming a deputy (AB角) and calling him back: the only writers of Deputy."""

from datetime import date

from django.db import transaction

from law.articles import REGISTRAR_TRAINED

from .models import Appointment, Deputy, User
from .offices import AppointmentRefused, office_lent, refuse_clash, refuse_own_hand
from .roles import TRAINED_ROLES


@transaction.atomic
def deputise(
    appointment: Appointment,
    user: User,
    *,
    starts: date,
    ends: date,
    reason: str,
    trained_on: date | None = None,
    by: User | None = None,
) -> Deputy:
    """Let `user` wield an appointment from `starts` to `ends`, both included; `by` is who names him.

    Raises AppointmentRefused outside the appointment's own term, for a deputy without training of his own where the
    office demands it (第三十四条; a training on record for an office of his counts), for offices that exclude each
    other, and for oneself.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    refuse_own_hand(user, by)
    _refuse_outside_term(appointment, user, starts, ends)
    if appointment.role in TRAINED_ROLES:
        trained_on = trained_on or training_of(user)
        _refuse_untrained(user, trained_on, starts)
    refuse_clash(user, office_lent(appointment, starts, ends))
    return Deputy.objects.create(
        appointment=appointment, user=user, starts=starts, ends=ends, reason=reason, trained_on=trained_on
    )


def training_of(user: User) -> date | None:
    """The first training on record for an office the person was given himself."""
    trained = Appointment.objects.filter(user=user, role__in=TRAINED_ROLES, trained_on__isnull=False)
    return trained.order_by("trained_on").values_list("trained_on", flat=True).first()


def _refuse_untrained(user: User, trained_on: date | None, starts: date) -> None:
    if trained_on is None or trained_on > starts:
        raise AppointmentRefused(
            f"代行学籍管理员的{user}本人也须先培训后上岗：请登记不晚于代理开始日的培训合格日期（{REGISTRAR_TRAINED}）。"
        )


def _refuse_outside_term(appointment: Appointment, user: User, starts: date, ends: date) -> None:
    if appointment.user_id == user.pk:
        raise AppointmentRefused("代理人须是另一个人。")
    if ends < starts:
        raise AppointmentRefused("代理的结束日期不能早于开始日期。")
    if starts < appointment.starts or (appointment.ends is not None and ends >= appointment.ends):
        raise AppointmentRefused(f"代理须在被代理人的任职期内（{appointment.starts}起）。")


@transaction.atomic
def call_back(deputy: Deputy, *, last_day: date) -> Deputy:
    """End a deputyship earlier; `last_day` keeps its power. Raises AppointmentRefused when this would lengthen it."""
    deputy = Deputy.objects.select_for_update().get(pk=deputy.pk)
    if not deputy.starts <= last_day <= deputy.ends:
        raise AppointmentRefused(f"代理只能提前结束（{deputy.starts}至{deputy.ends}之间）；需要延长的请另行指定。")
    deputy.ends = last_day
    deputy.save(update_fields=["ends"])
    return deputy
