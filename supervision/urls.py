from django.urls import path

from .views import calendar

app_name = "supervision"
urlpatterns = [
    path("calendar/", calendar.school_year, name="year"),
    path("calendar/holidays/", calendar.notices, name="holidays"),
    path("calendar/holidays/<int:pk>/", calendar.notice, name="holiday"),
    path("calendar/holidays/<int:pk>/decide/", calendar.decide, name="holiday_decide"),
]
