"""Who comes to a page that only the bureau's clerk may open."""

from django.core.exceptions import PermissionDenied

from accounts.policies import powers_of
from approvals.bureaus import bureau_behind
from approvals.errors import NotYourHand
from schools.models import Bureau


def makers_bureau(request, refusal: str) -> Bureau:
    """The bureau for which the person makes; 403 with this sentence for everybody else."""
    try:
        return bureau_behind(powers_of(request.user), "bureau_make", refusal=refusal)
    except NotYourHand as refused:
        raise PermissionDenied(refusal) from refused
