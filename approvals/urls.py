from django.urls import path

from .views import cases, lists, papers

app_name = "approvals"
urlpatterns = [
    path("", lists.workbench, name="workbench"),
    path("cases/", lists.queue, name="queue"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/act/<slug:action>/", cases.act, name="act"),
    path("cases/<str:number>/papers/<slug:code>/<slug:act>/", papers.paper, name="paper"),
    path("cases/<str:number>/scans/<int:pk>/", papers.scan, name="scan"),
    path("filings/", lists.filings, name="filings"),
    path("filings/<int:pk>/", lists.filing, name="filing"),
]
