"""Appointing and dismissing: the only writers of Appointment and of the guardian groups behind it."""

from datetime import date, timedelta

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from law.articles import REGISTRAR_TRAINED
from schools.models import Bureau, School, SchoolClass, SchoolGroupPermission

from .models import Appointment, User
from .offices import AppointmentRefused, Office, refuse_clash, refuse_own_hand
from .roles import BUREAU_ROLES, RIGHTS, TRAINED_ROLES, Role

__all__ = [
    "AppointmentRefused",
    "appoint",
    "dismiss",
    "grant_new_school",
    "grant_rights",
    "group_of",
    "leave_offices_at",
    "return_to_offices",
]


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


def refuse_misfit(role: str, place: School | Bureau, school_class: SchoolClass | None) -> None:
    """Raise AppointmentRefused when the office does not exist at the place, or the class is not of the school."""
    at_school = isinstance(place, School)
    if at_school == (role in BUREAU_ROLES):
        raise AppointmentRefused(
            f"“{Role(role).label}”不是{'学校' if at_school else '教育局'}的职务，请核对单位和职责。"
        )
    if role == Role.CLASS_TEACHER and school_class is None:
        raise AppointmentRefused("任命班主任须选定班级。")
    if role != Role.CLASS_TEACHER and school_class is not None:
        raise AppointmentRefused(f"只有班主任对应班级，任命{Role(role).label}时请不要选班级。")
    if school_class is not None and school_class.school_id != place.pk:
        raise AppointmentRefused(f"{school_class}不是{place}的班级，请在该校的班级中选择。")


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
    by: User | None = None,
) -> Appointment:
    """Appoint a person; `by` is who appoints, when it is a person.

    Raises AppointmentRefused without training (第三十四条), when one person would make and check, when a decider
    would administer or audit data, when somebody appoints himself, or when role, place and class do not fit.
    """
    user = User.objects.select_for_update().get(pk=user.pk)  # two offices at the same moment are compared one by one
    refuse_own_hand(user, by)
    refuse_misfit(role, place, school_class)
    if role in TRAINED_ROLES and trained_on is None:
        raise AppointmentRefused(f"学籍管理员须先培训后上岗：请登记培训合格日期后再任命（{REGISTRAR_TRAINED}）。")
    refuse_clash(user, Office(role, place, starts))
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
def retrain(appointment: Appointment, *, trained_on: date) -> Appointment:
    """Write down a later training of somebody in office; it only moves forward. Raises AppointmentRefused."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.trained_on and trained_on < appointment.trained_on:
        raise AppointmentRefused(
            f"已登记更晚的培训合格日期 {appointment.trained_on}，不能改早（{REGISTRAR_TRAINED}）。"
        )
    appointment.trained_on = trained_on
    appointment.save(update_fields=["trained_on"])
    return appointment


@transaction.atomic
def dismiss(appointment: Appointment, *, on: date) -> None:
    """End an appointment; from `on` the person has no power by it, whatever groups say.

    Raises AppointmentRefused for a day before the appointment began, or one later than the end already written down:
    a lengthened office would escape the comparison with others, so it is given anew.
    """
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if on < appointment.starts:
        raise AppointmentRefused(f"免职日期不能早于任职日期 {appointment.starts}。")
    if appointment.ends is not None and on > appointment.ends:
        raise AppointmentRefused(f"免职日期已定为 {appointment.ends}，不能推后；继续任职的请另行任命。")
    appointment.ends = on
    appointment.save(update_fields=["ends"])
    others = (
        Appointment.objects.live(on).filter(user=appointment.user, group=appointment.group).exclude(pk=appointment.pk)
    )
    if not others.exists():
        appointment.user.groups.remove(appointment.group)


def leave_offices_at(school: School, *, on: date, signed_today: set[int]) -> list[tuple[Appointment, date | None]]:
    """A school has ended: so have its offices. Returns each with the end it had before.

    Whoever signed by an office on that very day held it to the end of the day (`signed_today`).
    """
    ended = []
    for each in Appointment.objects.select_for_update().filter(school=school).order_by("pk"):
        last = max(each.starts, on + timedelta(days=each.pk in signed_today))
        if each.ends is None or each.ends > last:
            ended.append((each, each.ends))
            each.ends = last
    Appointment.objects.bulk_update([each for each, _ in ended], ["ends"])
    _of_groups(ended).delete()
    return ended


def _of_groups(ended: list[tuple[Appointment, date | None]]):
    groups = {each.group_id for each, _ in ended}
    return User.groups.through.objects.filter(group__in=groups)


def return_to_offices(former: dict[int, str | None], *, on: date) -> None:
    """The school lives again: its people are in office as before, but for those appointed elsewhere since."""
    mine = list(Appointment.objects.select_for_update().filter(pk__in=former).order_by("pk"))
    since = min((each.ends for each in mine), default=on)
    elsewhere = Appointment.objects.filter(user__in=[each.user_id for each in mine], starts__gte=since)
    gone = set(elsewhere.exclude(pk__in=former).values_list("user", flat=True))
    back = [each for each in mine if each.user_id not in gone]
    for each in back:
        each.ends = former[each.pk] and date.fromisoformat(former[each.pk])
    Appointment.objects.bulk_update(back, ["ends"])
    User.groups.through.objects.bulk_create(
        [User.groups.through(user_id=each.user_id, group_id=each.group_id) for each in back], ignore_conflicts=True
    )
