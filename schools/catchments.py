"""学区: which schools take the children of a village or community in a school year (第四条)."""

from collections.abc import Iterable

from django.db.models import QuerySet

from .models import Bureau, Catchment, Division, School

COMMUNITY = "村（社区）"


def schools_for(community: str, year: int, stage: str) -> list[School]:
    """The schools that must take a child living in this community (12-digit code); empty when none is mapped."""
    rows = Catchment.objects.filter(community_id=community, year=year, stage=stage, school__closed_on=None)
    return [row.school for row in rows.select_related("school__bureau").order_by("school__code")]


def communities_of(bureau: Bureau) -> QuerySet[Division]:
    """The villages and communities of a bureau's townships, by code."""
    return Division.objects.filter(kind=COMMUNITY, pk__startswith=bureau.division_id[:6]).order_by("pk")


def communities_named_in(address: str, bureau: Bureau) -> list[Division]:
    """Communities whose name stands in an address, the longest name first; empty when none does.

    A name that several townships share is narrowed by the township, where the address names it.
    """
    return named_among(communities_of(bureau).select_related("parent"), address)


def named_among(communities: Iterable[Division], address: str) -> list[Division]:
    """The same over communities that are loaded already, with their townships: for many addresses at once."""
    named = [each for each in communities if each.name in address]
    in_township = [each for each in named if each.parent and each.parent.name in address]
    return sorted(in_township or named, key=lambda each: -len(each.name))


def mapped(year: int, stage: str) -> dict[str, list[int]]:
    """Every community that is mapped, with the open schools that must take its children; one query."""
    rows = Catchment.objects.filter(year=year, stage=stage, school__closed_on=None).order_by("school__code")
    found: dict[str, list[int]] = {}
    for community, school in rows.values_list("community_id", "school_id"):
        found.setdefault(community, []).append(school)
    return found
