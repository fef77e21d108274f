"""Addresses of the import, included by students.urls under students/import/ (before the address of a child)."""

from django.urls import path

from .views import imports

urlpatterns = [
    path("", imports.upload, name="import"),
    path("<int:pk>/", imports.preview, name="import_preview"),
    path("<int:pk>/findings.xlsx", imports.findings, name="import_findings"),
    path("<int:pk>/commit/", imports.commit, name="import_commit"),
    path("<int:pk>/discard/", imports.discard, name="import_discard"),
    path("batch/<str:number>/", imports.batch, name="import_batch"),
]
