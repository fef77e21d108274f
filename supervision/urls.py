from django.urls import path

from .views import as_of, calendar, overdue, reminders, trail

app_name = "supervision"
urlpatterns = [
    path("calendar/", calendar.school_year, name="year"),
    path("calendar/holidays/", calendar.notices, name="holidays"),
    path("calendar/holidays/<int:pk>/", calendar.notice, name="holiday"),
    path("calendar/holidays/<int:pk>/decide/", calendar.decide, name="holiday_decide"),
    path("deadlines/", overdue.board, name="board"),
    path("deadlines/list/", overdue.deadlines, name="deadlines"),
    path("deadlines/trend/", overdue.trend, name="trend"),
    path("deadlines/weekly/", reminders.weekly, name="weekly"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/read/", reminders.read_all, name="reminders_read"),
    path("reminders/<int:pk>/read/", reminders.read, name="reminder_read"),
    path("as-of/", as_of.as_of, name="as_of"),
    path("trail/", trail.trail, name="trail"),
    path("trail/children/<slug:slug>/", trail.child, name="trail_child"),
    path("trail/children/<slug:slug>/files/", trail.files, name="trail_files"),
    path("trail/accounts/<int:pk>/", trail.account, name="trail_account"),
    path("trail/anchors/<str:day>/", trail.anchor, name="trail_anchor"),
]
