from django.urls import path

from . import arrival_views
from . import dropout_views as views

app_name = "dropout"
urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("months/", views.months, name="months"),
    path("handovers/", views.handovers, name="handovers"),
    path("handovers/<str:number>/", views.handover, name="handover"),
    path("sheets/", views.sheets, name="sheets"),
    path("sheets/<int:pk>/", views.sheet, name="sheet"),
    path("arrivals/", arrival_views.overview, name="arrivals"),
    path("arrivals/<int:pk>/", arrival_views.sheet, name="arrival_sheet"),
    path("children/<slug:slug>/", views.child, name="child"),
]
