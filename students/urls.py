from django.urls import include, path

from . import import_urls
from .views import campaigns, certificates, changes, child, classes, freeze, lists, numbering, problems, year

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
    path("year/", year.year, name="year"),
    path("year/exceptions/", year.exceptions, name="year_exceptions"),
    path("year/promotion/", year.submit, name="promotion_submit"),
    path("year/promotion/<int:pk>/confirm/", year.confirm, name="promotion_confirm"),
    path("year/promotion/<int:pk>/withdraw/", year.withdraw, name="promotion_withdraw"),
    path("year/promotion/<int:pk>/undo/", year.undo, name="promotion_undo"),
    path("year/schools/<int:pk>/", year.school, name="year_school"),
    path("year/schools/<int:pk>/graduation/<int:grade>/", year.start_graduation, name="graduation_start"),
    path("year/assessment/", year.assessment, name="assessment"),
    path("year/assessment/open/", year.open_assessment, name="assessment_open"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates/numbers/", certificates.numbers, name="certificate_numbers"),
    path("certificates/numbers/give/", certificates.give_numbers, name="certificate_numbers_give"),
    path("certificates/seal/", certificates.seal, name="certificate_seal"),
    path("certificates/<int:pk>/", certificates.certificate, name="certificate"),
    path("problems/", problems.problems, name="problems"),
    path("campaign/", campaigns.campaign, name="campaign"),
    path("campaign/schools/<int:pk>/", campaigns.school, name="campaign_school"),
    path("campaign/classes/<int:pk>/", campaigns.school_class, name="campaign_class"),
    path("campaign/children/<slug:slug>/", campaigns.child, name="campaign_child"),
    path("corrections/freeze/", freeze.freeze, name="freeze"),
    path("classes/", classes.classes, name="classes"),
    path("classes/<int:pk>/", classes.school_class, name="class"),
]
