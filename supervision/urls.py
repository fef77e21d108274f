from django.urls import path

from .views import as_of, calendar, ledger_reports, overdue, reminders

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
    path("ledger-reports/", ledger_reports.reports, name="ledger_reports"),
    path("ledger-reports/quarters/", ledger_reports.reviews, name="ledger_reviews"),
    path("ledger-reports/quarters/<int:pk>/<str:month>/", ledger_reports.quarter, name="ledger_quarter"),
    path("ledger-reports/<str:code>/<str:month>/", ledger_reports.month, name="ledger_month"),
    path("as-of/", as_of.as_of, name="as_of"),
]
