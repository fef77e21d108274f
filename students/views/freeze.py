"""中考冻结期 (第十四条): what must be settled before it begins, and grade-nine children without an identity card."""

from django import forms
from django.db.models import QuerySet
from django.shortcuts import render
from django.views.decorators.http import require_GET

from approvals.presenting import with_days

from .. import freeze as freezing
from ..dictionary.codes import table
from ..filters import BY_NAME, FilterInSight
from ..freezing_lists import open_corrections, without_card
from ..models import NumberKind, Student, StudentNumber
from ..paging import page_of

CASES, NO_ID = "cases", "no_id"
COLUMNS = {CASES: "业务, 现在环节, 期限, 变更项目", NO_ID: "证件类型, 证件号, 办理"}
SHOWN = [(CASES, "在办的关键信息变更"), (NO_ID, "没有居民身份证号")]


class FreezeFilter(FilterInSight):
    show = forms.ChoiceField(label="查看", choices=SHOWN, required=False)

    @property
    def shows(self) -> str:
        return self.cleaned_data.get("show") or CASES

    def narrow(self, span) -> QuerySet[Student]:
        """Children of grade nine in sight who fit."""
        children = self.children().filter(freezing.in_grade_nine(self.today))
        if self.shows == NO_ID:
            return without_card(children)
        return children.filter(pk__in=open_corrections().values("subjects__child")) if span else children.none()


@require_GET
def freeze(request):
    """Open corrections of grade nine before and in a freeze, or children without an identity card."""
    chosen = FreezeFilter(request.GET, user=request.user)
    span = freezing.ahead(chosen.today)
    found = chosen.narrow(span)
    rows = found.select_related("school").defer("wrapped_key")
    page = page_of(rows, BY_NAME, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    attach_cases(page.rows, request.user)
    school = "学校, " if "school" in chosen.fields else ""
    context = {
        "filter": chosen,
        "page": page,
        "children": page.rows,
        "count": len(page.rows) if page.whole else found.count(),
        "columns": f"姓名, {school}{COLUMNS[chosen.shows]}",
        "no_id": chosen.shows == NO_ID,
        "span": span,
        "runs": bool(span and span[0] <= chosen.today),
    }
    return render(request, "students/freeze.html", context)


def attach_cases(children: list[Student], user) -> None:
    """Each child's open correction with its items, and the name of its document; a few questions for all."""
    cases = open_corrections().visible_to(user).filter(subjects__child__in=children)
    cases = cases.select_related("desk_school", "lead_school").prefetch_related("items", "subjects")
    by_child = {subject.child_id: case for case in with_days(cases) for subject in case.subjects.all()}
    holders = StudentNumber.objects.filter(student__in=children, kind=NumberKind.ID, until=None)
    tails = dict(holders.values_list("student", "tail"))
    for child in children:
        child.case = by_child.get(child.pk)
        child.document = table("sfzjlx").name_of(child.id_type)
        child.tail = tails.get(child.pk, "")
