from django.urls import path

from .views import child, meter, sheets, workbooks

app_name = "archives"

urlpatterns = [
    path("", meter.county, name="county"),
    path("schools/<int:pk>/", meter.school, name="school"),
    path("classes/<int:pk>/", meter.school_class, name="school_class"),
    path("classes/<int:pk>/cross-check/", sheets.cross_check, name="cross_check"),
    path("classes/<int:pk>/sheets/<slug:kind>/", sheets.sheet, name="sheet"),
    path("children/<slug:slug>/", child.child, name="child"),
    path("children/<slug:slug>/marks/", child.marks, name="marks"),
    path("children/<slug:slug>/new/<slug:kind>/", child.enter, name="enter"),
    path("entries/<int:pk>/", child.entry, name="entry"),
    path("scans/<int:pk>/", child.scan, name="scan"),
    path("workbooks/", workbooks.listing, name="workbooks"),
    path("workbooks/template/", workbooks.template, name="template"),
    path("workbooks/<int:pk>/", workbooks.workbook, name="workbook"),
    path("workbooks/<int:pk>/findings/", workbooks.findings, name="workbook_findings"),
    path("workbooks/<int:pk>/marked/", workbooks.marked, name="workbook_marked"),
    path("workbooks/<int:pk>/take/", workbooks.take, name="workbook_take"),
    path("workbooks/<int:pk>/discard/", workbooks.discard, name="workbook_discard"),
]
