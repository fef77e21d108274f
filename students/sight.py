"""Which class a person may open: of a school in sight, or the teacher's own."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.policies import powers_of
from schools.models import SchoolClass


def class_in_sight(user, pk: int) -> SchoolClass:
    """The class with its school; 404 for a stranger."""
    found = get_object_or_404(SchoolClass.objects.select_related("school"), pk=pk)
    powers = powers_of(user)
    if not (powers.on("view_school", found.school_id) or found.pk in powers.class_ids):
        raise Http404(pk)
    return found
