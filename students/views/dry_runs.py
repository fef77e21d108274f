"""A list is uploaded, looked at and only then confirmed: what the pages of these three steps have in common."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jianping_xueji.vault import VaultError
from law import clock

from .. import handing_out
from ..importing.container import Limits
from ..importing.findings import WorkbookRefused
from ..importing.hidden import in_words
from ..importing.listing import ListSheet
from ..importing.marking import marked_copy
from ..importing.returning import hold
from ..importing.upload import SealedUpload
from ..models import ReturnedList

# Rows and sentences shown at once; the counts say how many there are.
GLANCE = 200


def looked_at(request, form, dry_run: Callable[[dict], dict]) -> dict:
    """What the dry run of a valid upload has to show, or why the workbook could not be read; nothing is kept."""
    if request.method != "POST" or not form.is_valid():
        return {}
    try:
        seen = dry_run(form.cleaned_data)
    except WorkbookRefused as refused:
        return {"refusal": [{"message": refused.message}]}
    return seen | {"marked_url": marked_url(request, form, [*seen["judged"].findings, *seen["hidden"]])}


def marked_url(request, form, findings) -> str:
    """Where the person finds the list again with these sentences in it; "" when there is nothing to say."""
    field, given = form.fields.get("workbook"), form.cleaned_data.get("workbook")
    if not findings or field is None or given is None:
        return ""
    given.seek(0)
    kept = hold(given.read(), given.name, findings, field.limits, by=request.user)
    return reverse("students:returned_list", args=[kept.pk])


@require_GET
def returned_list(request, pk):
    """The list as it came, marked; for whoever sent it, today."""
    kept = get_object_or_404(ReturnedList, pk=pk, uploaded_by=request.user, uploaded_on=clock.today())
    return marked_file(kept, kept.limits, f"list-{kept.pk}-marked.xlsx")


def marked_file(kept: SealedUpload, limits: Limits, name: str) -> HttpResponse:
    """A kept list as a marked workbook; 409 when it cannot be opened any more."""
    said = kept.findings
    sheet = next((each["sheet"] for each in said), "")
    gone = HttpResponse("这份名单已不能打开，请重新上传。", status=409, content_type="text/plain; charset=utf-8")
    return marked_answer(kept, said, name, sheet=sheet, head=0, limits=limits) or gone


def marked_answer(kept, said: list[dict], name: str, **where) -> HttpResponse | None:
    """Whatever was kept as it came (`content()`), with what was said of it; None when it cannot be opened any more."""
    try:
        return handing_out.workbook(marked_copy(kept.content(), said, **where), name)
    except (WorkbookRefused, VaultError):
        return None


def findings_of(sheet: ListSheet, judged, token: str, **rows) -> dict:
    """The context of a dry run: rows by name, the sentences, what is hidden in the list, and the seal that lets this
    person confirm it today.
    """
    shown_rows = {name: each[:GLANCE] for name, each in rows.items()}
    sentences = [finding.text for finding in judged.findings[:GLANCE]]
    hidden = sheet.hidden
    unseen = [in_words(each.message, each.remedy) for each in hidden]
    return {"judged": judged, "sentences": sentences, "hidden": hidden, "unseen": unseen, "token": token, **shown_rows}


def shown(request, template: str, form, *, refusal=(), bad: bool = False, **context):
    """The page; 422 when it has something to say against what was sent."""
    context |= {"form": form, "refusal": refusal, "glance": GLANCE}
    return render(request, template, context, status=422 if bad or form.errors or refusal else 200)
