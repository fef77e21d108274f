"""Addresses of the import, included by students.urls under students/import/ (before the address of a child)."""

from django.urls import path

from .views import dry_runs, import_columns, imports

urlpatterns = [
    path("", imports.upload, name="import"),
    path("<int:pk>/", imports.preview, name="import_preview"),
    path("<int:pk>/findings.xlsx", imports.findings, name="import_findings"),
    path("<int:pk>/commit/", imports.commit, name="import_commit"),
    path("<int:pk>/discard/", imports.discard, name="import_discard"),
    path("<int:pk>/columns/", import_columns.columns, name="import_columns"),
    path("<int:pk>/repair/", import_columns.repair, name="import_repair"),
    path("<int:pk>/marked.xlsx", import_columns.marked, name="import_marked"),
    path("<int:pk>/corrections/", import_columns.corrections, name="import_corrections"),
    path("<int:pk>/undo/", import_columns.undo, name="import_undo"),
    path("returned/<int:pk>/", dry_runs.returned_list, name="returned_list"),
    path("batch/<str:number>/", imports.batch, name="import_batch"),
]
