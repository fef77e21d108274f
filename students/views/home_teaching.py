"""送教上门: the children taught at home with their lessons, and the log of one child."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from approvals.errors import Refused
from jianping_xueji.forms import day_input
from law import clock

from .. import home_teaching
from ..filters import BY_NAME, FilterInSight
from ..models import HomeLesson, Student
from ..paging import page_of
from ..presenting import with_places
from ..search import matching
from ..terms import present_opening
from .child import visible_child


class LessonForm(forms.ModelForm):
    class Meta:
        model = HomeLesson
        fields = ["on", "who", "what"]
        widgets = {"on": day_input()}


@require_GET
def children(request):
    """Who is taught at home, how often this term, when last."""
    chosen = FilterInSight(request.GET, user=request.user)
    found = home_teaching.served(matching(Student.objects.visible_to(request.user), chosen.cleaned_data.get("q", "")))
    if school := chosen.cleaned_data.get("school"):
        found = found.filter(server_id=school.pk)
    rows = home_teaching.with_lessons(found).select_related("school").defer("wrapped_key")
    page = page_of(rows, BY_NAME, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    listed = with_places(page.rows, request.user)
    for child in listed:
        child.days = (clock.today() - child.last_lesson).days if child.last_lesson else None
    count = len(listed) if page.whole else found.count()
    context = {"filter": chosen, "page": page, "children": listed, "count": count, "opening": present_opening()}
    return render(request, "students/home_teaching.html", context)


@require_http_methods(["GET", "POST"])
def child(request, slug):
    """The lessons of one child; another is added here."""
    found = home_teaching.served(Student.objects.filter(pk=visible_child(request, slug).pk)).first()
    if found is None and not HomeLesson.objects.filter(child__slug=slug).exists():
        raise Http404(slug)
    found = found or visible_child(request, slug)
    writes = hasattr(found, "room_id") and home_teaching.may_log(request.user, found)
    if request.method == "POST" and not writes:
        raise PermissionDenied("送教由承担送教的学校的学籍管理员或该班教师登记。")
    form = LessonForm(request.POST or None, initial={"on": clock.today(), "who": request.user.name})
    if request.method == "POST" and form.is_valid():
        try:
            home_teaching.log_lesson(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(request, "已登记一次送教。")
            return redirect("students:home_lessons", slug)
    with_places([found], request.user)
    lessons = found.home_lessons.select_related("by")
    context = {"child": found, "lessons": lessons, "form": form if writes else None}
    return render(request, "students/home_lessons.html", context, status=422 if form.errors else 200)
