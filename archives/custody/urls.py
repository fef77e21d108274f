from django.urls import path

from . import copy_views, slip_views, views

app_name = "custody"
urlpatterns = [
    path("", views.owed_page, name="owed"),
    path("schools/", views.board, name="board"),
    path("schools/<int:pk>/chase/", views.chase, name="chase"),
    path("children/<slug:slug>/", views.child, name="child"),
    path("volumes/", views.volumes, name="volumes"),
    path("new/", slip_views.new, name="new"),
    path("slips/", slip_views.slips, name="slips"),
    path("slips/<str:number>/", slip_views.slip, name="slip"),
    path("slips/<str:number>/receive/", slip_views.receive, name="receive"),
    path("slips/<str:number>/cancel/", slip_views.cancel, name="cancel"),
    path("slips/<str:number>/scans/<int:pk>/", slip_views.scan, name="scan"),
    path("r/<str:token>/", slip_views.scanned, name="scanned"),
    path("copies/", copy_views.copies, name="copies"),
    path("copies/graduates/", copy_views.graduates, name="graduates"),
    path("copies/<int:pk>/", copy_views.copy, name="copy"),
    path("copies/graduates/<int:pk>/", copy_views.graduate, name="graduate_copy"),
]
