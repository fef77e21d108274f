from django.urls import path

from . import views

app_name = "suspensions"
urlpatterns = [
    path("due/", views.due, name="due"),
]
