"""What the pages of 疑似重复 draw: two records side by side, the signs in words, the way to the merge."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.policies import may, powers_of
from jianping_xueji import vault

from ..presenting import places_of
from ..problems.presenting import side_by_side
from .models import Likeness
from .scoring import ASKED_FROM

TONES = {
    Likeness.State.OPEN: "soon",
    Likeness.State.SAME: "refused",
    Likeness.State.DIFFERENT: "done",
    Likeness.State.ENDED: "idle",
}


def with_names(found: Iterable[Likeness], user) -> list[Likeness]:
    """Each pair with names, schools and signs as this person may see them."""
    found, powers = list(found), powers_of(user)
    for each in found:
        each.tone = TONES[each.state]
        seen = [bool(powers.on("view_school", child.school_id)) for child in each.children]
        names = [child.name for child in each.children]
        shown = [name if open_ else vault.mask_name(name) for name, open_ in zip(names, seen, strict=True)]
        each.shown = [
            {"name": name, "school": child.school.short_name} for name, child in zip(shown, each.children, strict=True)
        ]
        each.words = [_told(sign, names, shown) for sign in each.signs]
    return found


def _told(sign: str, names: list[str], shown: list[str]) -> str:
    """A sign that names a child, without the name of one out of sight."""
    for name, masked in zip(names, shown, strict=True):
        if sign.startswith(name):
            return sign.replace(name, masked, 1)
    return sign


def page_of(likeness: Likeness, user) -> dict:
    """One pair: records side by side as 问题学籍 shows them, and the merge for those who may begin it."""
    comparison = side_by_side(likeness.children, powers_of(user), places_of(likeness.children))
    one, other = likeness.children
    opens = may(user, "bureau_make", one.school_id)
    merge = reverse("students:change_new", args=[one.slug, "merge"]) + f"?partner={other.slug}"
    return {
        "likeness": with_names([likeness], user)[0],
        "comparison": comparison,
        "asked_from": ASKED_FROM,
        "merge_url": merge if opens and likeness.state == Likeness.State.SAME else "",
        "rulings": likeness.rulings.select_related("by"),
    }
