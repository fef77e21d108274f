"""Whoever has an account tries what the pages never offer: parts of one address that belong to two places, things of
another school in a filter or a form, other methods, another host, a way out of the site.
"""

import itertools
from urllib.parse import urlencode

import pytest
from django.db.models import Q
from django.urls import reverse

from accounts.roles import Role
from approvals.models import Case
from students.models import Enrolment, ImportFile, Student
from tests.house.sites import build_world
from tests.house.test_access_table import (
    ASKED,
    BODY,
    all_views,
    client_of,
    leaks,
    quiet,  # noqa: F401 — a fixture
    rows,
    undone,
    words_for,
)

OTHERS = ("neighbour", "foreign")
READERS = (("registrar", "neighbour"), ("registrar", "foreign"), ("teacher", "neighbour"))
WRITERS = ("registrar", "headmaster", "teacher")
# What forms and filters call the things they name.
SCHOOLS = ("school", "to_school", "from_school", "school_class__school", "partner_school", "primary", "junior")
CLASSES = ("class", "school_class", "to_class", "class_to")
CHILDREN = ("child", "children", "slug", "student", "partner", "same_as")
NUMBERS = ("case", "number", "original", "complaint", "placement", "batch")
ALL_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
# Django's own pages and the answer to the load balancer ask nobody's right and show nobody.
OF_NOBODY = {"accounts:login", "accounts:logout", "accounts:password", "healthz"}


@pytest.fixture
def world(bureau, child_at):
    return build_world(bureau, child_at)


def mixtures(sites):
    """Every address of two parts or more, with some of its parts from our own place and the others from elsewhere."""
    for name, method, _ in rows():
        own = words_for(name, sites["own"])
        for relation in OTHERS:
            theirs = words_for(name, sites[relation])
            differing = [part for part in own if own[part] != theirs.get(part)]
            for taken in range(1, len(differing)):
                for parts in itertools.combinations(differing, taken):
                    yield name, method, relation, own | {part: theirs[part] for part in parts}


def test_an_address_of_parts_of_two_places_shows_nothing_of_the_other(world):
    sites, people = world
    found, tried = [], 0
    for name, method, relation, words in mixtures(sites):
        url = reverse(name, kwargs=words) + ASKED.get(name, "")
        for role in WRITERS:
            tried += 1
            with undone():
                client = client_of(people[role])
                response = client.post(url, BODY.get(name, {})) if method == "POST" else client.get(url)
            found += [f"{url} {role}: {what}" for what in leaks(role, sites, response)]
            if response.status_code not in (403, 404) and not of_one_county(name, relation):
                found.append(f"{url} {role} {relation}: {response.status_code}")
    assert tried > 30 and found == []


def of_one_county(name: str, relation: str) -> bool:
    """Any primary and any junior school of one county may be a pair: what belongs to both is on its page."""
    return relation == "neighbour" and name.startswith("board:")


def things_of(site) -> dict:
    """Every name a form may have for a thing, and that thing of this place."""
    child = Student.objects.get(slug=site.words["slug"])
    classes = dict.fromkeys(CLASSES, site.words["pk"].get("students:class"))
    numbers = dict.fromkeys(NUMBERS, site.words["number"])
    return {
        **dict.fromkeys(SCHOOLS, site.school.pk),
        **classes,
        **{name: [child.pk, child.slug] for name in CHILDREN},
        **numbers,
    }


def standing(site) -> list:
    """What is on record of a place."""
    here = Q(lead_school=site.school) | Q(peer_school=site.school)
    return [
        list(rows_of.order_by("pk").values())
        for rows_of in (
            Student.objects.filter(school=site.school),
            Enrolment.objects.filter(school=site.school),
            Case.objects.filter(here),
            ImportFile.objects.filter(school=site.school),
        )
    ]


def test_a_filter_that_names_a_thing_of_another_school_shows_none_of_it(world):
    sites, people = world
    asked = [(role, urlencode(things_of(sites[relation]), doseq=True)) for role, relation in READERS]
    found = []
    for name, method, _ in rows():
        for role, filters in asked if method == "GET" else ():
            with undone():
                response = client_of(people[role]).get(
                    f"{reverse(name, kwargs=words_for(name, sites['own']))}?{filters}"
                )
            found += [f"{name} {role}: {what}" for what in leaks(role, sites, response)]
    assert found == []


def test_a_form_that_names_a_thing_of_another_school_changes_none_of_it(world):
    sites, people = world
    before, found, taken = {relation: standing(sites[relation]) for relation in OTHERS}, [], 0
    forged = {relation: things_of(sites[relation]) for relation in OTHERS}
    for name, role, relation in own_forms():
        url = reverse(name, kwargs=words_for(name, sites["own"]))
        with undone():
            response = client_of(people[role]).post(url, forged[relation] | BODY.get(name, {}))
            taken += response.status_code == 302
            found += [f"{name} {role}: {what}" for what in leaks(role, sites, response)]
            if standing(sites[relation]) != before[relation]:
                found.append(f"{name} {role} {relation}: changed")
    assert taken > 20 and found == []


def own_forms():
    """Every form with somebody of a school who may post it about a thing of that school."""
    for name, method, cells in rows():
        makers = [role for role in WRITERS if method == "POST" and cells[role].startswith("ok")]
        yield from ((name, role, relation) for role in makers[:1] for relation in OTHERS)


def test_no_other_method_is_answered(world):
    """Neither a look without its trace (HEAD) nor a change without the token of the form."""
    sites, people = world
    found, names = [], {name for name, _, _ in rows()} & dict(all_views()).keys() - OF_NOBODY
    client = client_of(people["registrar"])
    for name, method in itertools.product(sorted(names), ALL_METHODS):
        with undone():
            response = client.generic(method, reverse(name, kwargs=words_for(name, sites["own"])))
        if response.status_code != 405:
            found.append(f"{method} {name}: {response.status_code}")
    assert found == []


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "testserver@evil.example", "evil.example:80"]
)
def test_another_host_is_refused(client, db, settings, host):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    client.raise_request_exception = False
    answer = client.get("/login/", headers={"host": host})
    assert answer.status_code == 400 and b"evil" not in answer.content
    answer = client.get("/login/", headers={"x-forwarded-host": host, "x-forwarded-proto": "gopher"})
    assert answer.status_code == 200 and b"evil" not in answer.content


OUT = [
    "//evil.example/",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "///x.y",
]


@pytest.mark.parametrize("way_out", OUT)
def test_entering_leads_nowhere_else(client, staff, no1, way_out):
    person = staff(Role.REGISTRAR, no1)
    person.set_password("a-long-password-42")
    person.save()
    given = {"username": person.username, "password": "a-long-password-42", "next": way_out}
    assert client.post("/login/", given).url == "/"
    page = client.get("/second-factor/", {"next": way_out})
    assert "evil" not in page.content.decode() and "javascript:" not in page.content.decode()
