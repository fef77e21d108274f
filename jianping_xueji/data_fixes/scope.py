"""What one data administrator answers for: the schools of his own bureau, and the people who serve there or nowhere."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Appointment, Deputy, User
from accounts.policies import school_ids_where
from accounts.roles import Role
from law import clock
from schools.models import School


def schools_of(user) -> set[int]:
    """Ids of the schools on which the administrator holds 数据订正."""
    return school_ids_where(user, "fix_data")


def bureaus_of(user) -> QuerySet:
    """Ids of the bureaus of these schools."""
    return School.objects.filter(pk__in=schools_of(user)).values("bureau")


def within(request, rows: QuerySet, path: str) -> QuerySet:
    """The rows of the schools the data administrator answers for."""
    return rows.filter(**{f"{path}__in": schools_of(request.user)})


def at_places_of(user, path: str = "") -> Q:
    """Appointments (reached by `path`) at the administrator's schools or bureau."""
    return Q(**{f"{path}school__in": schools_of(user)}) | Q(**{f"{path}bureau__in": bureaus_of(user)})


def people_of(user, rows: QuerySet) -> QuerySet:
    """Users who serve or served here and nowhere else any more, and users without any office yet.

    Somebody who still serves under another bureau is that bureau's to look after: a password reset here would hand
    his office there to whoever asked for it.
    """
    own = Appointment.objects.filter(user=OuterRef("pk"))
    lent = Deputy.objects.filter(user=OuterRef("pk"))
    today = clock.today()
    elsewhere = own.exclude(at_places_of(user)).filter(Q(ends=None) | Q(ends__gt=today))
    lent_elsewhere = lent.exclude(at_places_of(user, "appointment__")).filter(ends__gte=today)
    here = Exists(own.filter(at_places_of(user))) | Exists(lent.filter(at_places_of(user, "appointment__")))
    nowhere = ~Exists(own) & ~Exists(lent)
    return rows.filter(here | nowhere).exclude(Exists(elsewhere)).exclude(Exists(lent_elsewhere))


def administrators_of(user) -> QuerySet[User]:
    """Everybody who is or was data administrator of the same bureau: theirs are the corrections to be seen."""
    return User.objects.filter(appointments__role=Role.DATA_ADMIN, appointments__bureau__in=bureaus_of(user)).distinct()
