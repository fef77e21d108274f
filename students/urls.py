from django.urls import include, path

from . import import_urls
from .views import campaigns, catchments, changes, child, classes, classing, freeze, lists, numbering, plans, problems

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
    path("problems/", problems.problems, name="problems"),
    path("campaign/", campaigns.campaign, name="campaign"),
    path("campaign/schools/<int:pk>/", campaigns.school, name="campaign_school"),
    path("campaign/classes/<int:pk>/", campaigns.school_class, name="campaign_class"),
    path("campaign/children/<slug:slug>/", campaigns.child, name="campaign_child"),
    path("corrections/freeze/", freeze.freeze, name="freeze"),
    path("catchments/", catchments.catchments, name="catchments"),
    path("catchments/find/", catchments.find, name="catchment_find"),
    path("catchments/import/", catchments.upload, name="catchment_import"),
    path("catchments/import/confirm/", catchments.confirm, name="catchment_confirm"),
    path("catchments/copy/", catchments.copy, name="catchment_copy"),
    path("catchments/villages/<str:code>/", catchments.village, name="catchment"),
    path("plans/", plans.plans, name="plans"),
    path("plans/schools/<int:pk>/<int:year>/", plans.new, name="plan_new"),
    path("plans/<str:number>/draft/", plans.draft, name="plan_draft"),
    path("placings/", classing.placings, name="placings"),
    path("placings/<str:number>/", classing.sheet, name="placing_sheet"),
    path("classes/schools/<int:pk>/change/", classing.class_change, name="class_change_new"),
    path("classes/", classes.classes, name="classes"),
    path("classes/<int:pk>/", classes.school_class, name="class"),
]
