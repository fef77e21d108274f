"""Appointing and dismissing: the only writers of Appointment and of the guardian groups behind it."""

from datetime import date

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from law.articles import REGISTRAR_TRAINED, RESPONSIBLE
from schools.models import Bureau, School, SchoolClass, SchoolGroupPermission

from .models import Appointment, User
from .roles import CHECKERS, MAKERS, RIGHTS, TRAINED_ROLES, Role


class AppointmentRefused(Exception):
    """The appointment would break a rule; the message says which and what to do."""


def group_of(place: School | Bureau, role: str) -> Group:
    """The guardian group of a school (or bureau) and role, with its rights on that school (or all its schools)."""
    kind = "school" if isinstance(place, School) else "bureau"
    group, created = Group.objects.get_or_create(name=f"{kind}:{place.pk}:{role}")
    if created:
        schools = [place] if kind == "school" else School.objects.filter(bureau=place)
        grant_rights(group, role, schools)
    return group


def grant_rights(group: Group, role: str, schools) -> None:
    """Give a group the rights of its role on these schools (idempotent, one statement)."""
    permissions = Permission.objects.filter(content_type__app_label="schools", codename__in=RIGHTS[role])
    SchoolGroupPermission.objects.bulk_create(
        [
            SchoolGroupPermission(group=group, permission=permission, content_object=school)
            for school in schools
            for permission in permissions
        ],
        ignore_conflicts=True,
    )


def grant_new_school(school: School) -> None:
    """A school joins its bureau: the bureau's groups receive their rights on it."""
    for group in Group.objects.filter(name__startswith=f"bureau:{school.bureau_id}:"):
        grant_rights(group, group.name.rsplit(":", 1)[1], [school])


def _refuse_one_hand(user: User, place, role: str, starts: date) -> None:
    rivals = CHECKERS if role in MAKERS else MAKERS if role in CHECKERS else ()
    here = Appointment.objects.live(starts).filter(user=user, role__in=rivals)
    here = here.filter(school=place) if isinstance(place, School) else here.filter(bureau=place)
    if here.exists():
        raise AppointmentRefused(f"{user} 在 {place} 已任经办或审核的另一方，经办与审核须为两人（{RESPONSIBLE}）。")


@transaction.atomic
def appoint(
    user: User,
    role: str,
    place: School | Bureau,
    *,
    starts: date,
    trained_on: date | None = None,
    school_class: SchoolClass | None = None,
    basis: str = "",
) -> Appointment:
    """Appoint a person.

    Raises AppointmentRefused without training (第三十四条), or when one person would make and check.
    """
    if role in TRAINED_ROLES and trained_on is None:
        raise AppointmentRefused(f"学籍管理员须先培训后上岗：请登记培训合格日期后再任命（{REGISTRAR_TRAINED}）。")
    _refuse_one_hand(user, place, role, starts)
    group = group_of(place, role)
    user.groups.add(group)
    at_school = isinstance(place, School)
    return Appointment.objects.create(
        user=user,
        role=Role(role),
        school=place if at_school else None,
        bureau=None if at_school else place,
        school_class=school_class,
        group=group,
        trained_on=trained_on,
        starts=starts,
        basis=basis,
    )


@transaction.atomic
def dismiss(appointment: Appointment, *, on: date) -> None:
    """End an appointment; from `on` the person has no power by it, whatever groups say."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    appointment.ends = on
    appointment.save(update_fields=["ends"])
    others = (
        Appointment.objects.live(on).filter(user=appointment.user, group=appointment.group).exclude(pk=appointment.pk)
    )
    if not others.exists():
        appointment.user.groups.remove(appointment.group)
