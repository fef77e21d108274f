from django.urls import include, path

from . import import_urls
from .views import assignment, campaigns, changes, child, classes, freeze, intake, lists, numbering, problems

app_name = "students"
urlpatterns = [
    path("students/import/", include(import_urls.urlpatterns)),
    path("students/", lists.children, name="list"),
    path("search/", lists.search, name="search"),
    path("students/<slug:slug>/", child.child, name="child"),
    path("students/<slug:slug>/numbers/<slug:kind>/", child.number, name="number"),
    path("students/<slug:slug>/changes/", changes.changes, name="changes"),
    path("students/<slug:slug>/changes/<slug:kind>/", changes.new, name="change_new"),
    path("changes/<str:number>/draft/", changes.draft, name="change_draft"),
    path("students/<slug:slug>/problems/", problems.of_child, name="child_problems"),
    path("numbering/", numbering.numbering, name="numbering"),
    path("numbering/open/", numbering.open_case, name="numbering_open"),
    path("numbering/waiting/", numbering.waiting, name="numbering_waiting"),
    path("assignment/", assignment.assignment, name="assignment"),
    path("assignment/<str:number>/", assignment.draft, name="assignment_draft"),
    path("intake/", intake.intake, name="intake"),
    path("intake/outside/", intake.outside, name="intake_outside"),
    path("intake/completion/", intake.completion, name="intake_completion"),
    path("intake/completion/<int:pk>/", intake.completion_class, name="intake_completion_class"),
    path("problems/", problems.problems, name="problems"),
    path("campaign/", campaigns.campaign, name="campaign"),
    path("campaign/schools/<int:pk>/", campaigns.school, name="campaign_school"),
    path("campaign/classes/<int:pk>/", campaigns.school_class, name="campaign_class"),
    path("campaign/children/<slug:slug>/", campaigns.child, name="campaign_child"),
    path("corrections/freeze/", freeze.freeze, name="freeze"),
    path("classes/", classes.classes, name="classes"),
    path("classes/<int:pk>/", classes.school_class, name="class"),
]
