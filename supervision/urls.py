from django.urls import path

from .views import as_of, calendar, overdue

app_name = "supervision"
urlpatterns = [
    path("calendar/", calendar.school_year, name="year"),
    path("calendar/holidays/", calendar.notices, name="holidays"),
    path("calendar/holidays/<int:pk>/", calendar.notice, name="holiday"),
    path("calendar/holidays/<int:pk>/decide/", calendar.decide, name="holiday_decide"),
    path("deadlines/", overdue.board, name="board"),
    path("deadlines/list/", overdue.deadlines, name="deadlines"),
    path("deadlines/trend/", overdue.trend, name="trend"),
    path("as-of/", as_of.as_of, name="as_of"),
]
