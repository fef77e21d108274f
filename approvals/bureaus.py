"""For which bureau a person acts."""

from accounts.policies import Powers
from schools.models import Bureau

from .errors import NotYourHand


def bureau_behind(powers: Powers, *rights: str, refusal: str) -> Bureau:
    """The bureau whose schools lie in these powers by any of the rights. Raises NotYourHand, in the caller's words.

    A page asks with `powers_of(user)`, an act that asks nobody else with `Powers.of(user)`, fresh.
    """
    schools = set().union(*(powers.schools(right) for right in rights))
    bureau = Bureau.objects.filter(school__in=schools).order_by("pk").first()
    if bureau is None:
        raise NotYourHand(refusal)
    return bureau
