from django.urls import path

from . import views

app_name = "transfers"
urlpatterns = [
    path("check/", views.check, name="check"),
    path("new/", views.new, name="new"),
    path("new/outside/", views.new_outside, name="new_outside"),
    path("waiting/", views.waiting_for_arrival, name="waiting"),
    path("<str:number>/draft/", views.draft, name="draft"),
]
