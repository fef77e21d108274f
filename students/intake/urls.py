from django.urls import path

from ..views import intake as views

app_name = "intake"
urlpatterns = [
    path("", views.progress, name="progress"),
    path("search/", views.search, name="search"),
    path("searches/", views.searches, name="searches"),
    path("new/<int:pk>/", views.new, name="new"),
    path("children/<slug:slug>/", views.child, name="child"),
    path("children/<slug:slug>/<slug:act>/", views.act, name="act"),
    path("batches/<str:number>/", views.batch, name="batch"),
    path("overflows/<str:number>/", views.overflow, name="overflow"),
    path("originals/<int:pk>/", views.scan, name="scan"),
]
