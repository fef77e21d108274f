from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from . import services
from .models import Job


@login_required
@require_GET
def progress(request, pk):
    """The progress of one's own job; the partial asks again by itself until the job has ended."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    return render(request, "jobs/_progress.html", {"job": job})


@login_required
@require_POST
def cancel(request, pk):
    """Give one's own job up."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    return render(request, "jobs/_progress.html", {"job": services.cancel(job)})
