"""A list is uploaded, looked at and only then confirmed: what the pages of these three steps have in common."""

from collections.abc import Callable

from django.shortcuts import render

from ..importing.findings import WorkbookRefused

# Rows and sentences shown at once; the counts say how many there are.
GLANCE = 200


def looked_at(request, form, dry_run: Callable[[dict], dict]) -> dict:
    """What the dry run of a valid upload has to show, or why the workbook could not be read; nothing is kept."""
    if request.method != "POST" or not form.is_valid():
        return {}
    try:
        return dry_run(form.cleaned_data)
    except WorkbookRefused as refused:
        return {"refusal": [{"message": refused.message}]}


def findings_of(judged, token: str, **rows) -> dict:
    """The context of a dry run: rows by name, the sentences, and the seal that lets this person confirm it today."""
    shown_rows = {name: each[:GLANCE] for name, each in rows.items()}
    sentences = [finding.text for finding in judged.findings[:GLANCE]]
    return {"judged": judged, "sentences": sentences, "token": token, **shown_rows}


def shown(request, template: str, form, *, refusal=(), bad: bool = False, **context):
    """The page; 422 when it has something to say against what was sent."""
    context |= {"form": form, "refusal": refusal, "glance": GLANCE}
    return render(request, template, context, status=422 if bad or form.errors or refusal else 200)
