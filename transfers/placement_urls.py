from django.urls import path

from . import placement_views as views

app_name = "placements"
urlpatterns = [
    path("new/", views.new, name="new"),
    path("overdue/", views.overdue_list, name="overdue"),
    path("<str:number>/draft/", views.draft, name="draft"),
]
