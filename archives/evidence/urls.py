from django.urls import path

from . import views

app_name = "evidence"
urlpatterns = [
    path("", views.packs, name="packs"),
    path("child/<slug:slug>/", views.of_child, name="of_child"),
    path("case/<str:number>/", views.of_case, name="of_case"),
    path("packs/<str:number>/", views.pack, name="pack"),
    path("packs/<str:number>/download/", views.download, name="download"),
]
