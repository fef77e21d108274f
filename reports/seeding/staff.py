"""Accounts of the demo: one for every role at every school and at the bureau, all with one documented password."""

from dataclasses import dataclass
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.appointments import appoint
from accounts.models import User
from accounts.roles import Role
from schools.models import Bureau, School, SchoolClass

from . import DEMO_PASSWORD, SEED, names

TRAINED = date(2024, 8, 20)
APPOINTED = date(2024, 9, 1)
SCHOOL_LOGINS = {Role.REGISTRAR: "registrar", Role.DEPUTY_HEAD: "deputy", Role.HEADMASTER: "head"}
BUREAU_LOGINS = (
    ("jyj_clerk1", Role.BUREAU_CLERK),
    ("jyj_clerk2", Role.BUREAU_CLERK),
    ("jyj_checker", Role.BUREAU_CHECKER),
    ("jyj_leader", Role.BUREAU_LEADER),
    ("jyj_admin", Role.DATA_ADMIN),
    ("jyj_auditor", Role.AUDITOR),
)
# The accounts of the main story, in the order in which they act.
STORY_LOGINS = (
    "hsxx_registrar",
    "hsxx_deputy",
    "hsxx_head",
    "jyj_clerk1",
    "jyj_clerk2",
    "jyj_checker",
    "jyj_leader",
    "jpxx_registrar",
    "jpxx_deputy",
    "jpxx_head",
    "jyj_admin",
    "jyj_auditor",
    "syxx_registrar",
)


@dataclass(frozen=True)
class Post:
    """One account to make: who it is for and what it may do."""

    login: str
    role: str
    place: School | Bureau
    school_class: SchoolClass | None = None


def posts_of(schools: dict[str, School], bureau: Bureau) -> list[Post]:
    """The bureau's people, and three at every school: registrar, deputy head, headmaster."""
    posts = [Post(login, role, bureau) for login, role in BUREAU_LOGINS]
    for login, school in schools.items():
        posts += [Post(f"{login}_{word}", role, school) for role, word in SCHOOL_LOGINS.items()]
    return posts


def teachers_of(schools: dict[str, School]) -> list[Post]:
    """A class teacher for the first two classes of every school."""
    posts = []
    for login, school in schools.items():
        taught = school.classes.filter(closed_on=None).order_by("-cohort", "number")[:2]
        posts += [
            Post(f"{login}_teacher{n}", Role.CLASS_TEACHER, school, each) for n, each in enumerate(taught, start=1)
        ]
    return posts


def hire(posts: list[Post]) -> None:
    """Make the accounts (one hash for all, since the password is no secret) and appoint them."""
    rng, hashed = Random(SEED), make_password(DEMO_PASSWORD)
    users = User.objects.bulk_create(
        [
            User(
                username=post.login,
                name=names.elder_name(rng, rng.choice("12")),
                password=hashed,
                is_staff=post.role == Role.DATA_ADMIN,
            )
            for post in posts
        ]
    )
    for user, post in zip(users, posts, strict=True):
        trained = TRAINED if post.role == Role.REGISTRAR else None
        appoint(
            user,
            post.role,
            post.place,
            starts=APPOINTED,
            trained_on=trained,
            school_class=post.school_class,
            basis="演示任命",
        )
