"""Lists given back marked: those a page keeps anyway, and those that are only looked at before they are confirmed."""

from dataclasses import asdict

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from jianping_xueji.vault import files
from law import clock
from students.importing.container import Limits
from students.importing.findings import Finding
from students.models import ReturnedList


@transaction.atomic
def hold(data: bytes, name: str, findings: list[Finding], limits: Limits, *, by: User) -> ReturnedList:
    """Keep a list for the person who sent it; the person's earlier one, and all of past days, go."""
    today = clock.today()
    gone = ReturnedList.objects.filter(Q(uploaded_by=by) | ~Q(uploaded_on=today))
    names = list(gone.values_list("stored_name", flat=True))
    gone.delete()
    transaction.on_commit(lambda: [files.discard(each) for each in names])
    kept = ReturnedList(uploaded_by=by, uploaded_on=today, counts=asdict(limits))
    kept.hold(data, name)
    kept.note(findings)
    kept.save()
    return kept
