"""Printing the slip that goes with paper files."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from archives.custody.services import side_of
from archives.models import Handover

from .custody_forms import slip_of
from .forms import FORMS
from .roster_views import printed

SLIP = "handover_slip"


@require_POST
@never_cache
def of_slip(request, number):
    """学籍档案移交单 with the QR by which the receiving school signs for it; 404 for strangers, 403 for readers."""
    seen = Handover.objects.visible_to(request.user)
    seen = seen.select_related("from_school__bureau", "given_for", "given_by", "case", "receipt")
    slip = get_object_or_404(seen, number=number)
    address = request.build_absolute_uri(reverse("custody:scanned", args=[slip.token]))
    mine = side_of(slip, request.user, FORMS[SLIP].rights)
    return printed(request, SLIP, mine, lambda: slip_of(slip, address, mine))
