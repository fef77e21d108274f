from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("print/<slug:form>/", views.blank, name="blank"),
    path("print/<slug:form>/<str:number>/", views.filled, name="print"),
    path("print/<slug:form>/<str:number>/<slug:slug>/", views.of_child, name="print_child"),
    path("verify/<str:token>/", views.verify, name="verify"),
]
