from django.urls import path

from . import views

app_name = "board"
urlpatterns = [
    path("", views.county, name="county"),
    path("children/<slug:slug>/", views.child, name="child"),
    path("<int:primary>/<int:junior>/", views.pair, name="pair"),
    path("<int:primary>/<int:junior>/sheet/", views.sheet, name="sheet"),
    path("<int:primary>/<int:junior>/suspect/", views.suspect, name="suspect"),
]
