from django.urls import path

from . import closing_views

app_name = "closings"
urlpatterns = [
    path("new/", closing_views.new, name="new"),
    path("<str:number>/draft/", closing_views.draft, name="draft"),
]
