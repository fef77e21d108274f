from django.urls import path

from ..views import agreement as views

app_name = "agreement"
urlpatterns = [
    path("", views.report, name="report"),
    path("files/", views.files, name="files"),
    path("files/<int:pk>/", views.file, name="file"),
    path("files/<int:pk>/findings.xlsx", views.findings, name="findings"),
    path("differences/", views.differences, name="differences"),
    path("differences/workbook/", views.workbook, name="workbook"),
    path("differences/<int:pk>/", views.difference, name="difference"),
]
