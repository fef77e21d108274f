from django.urls import path

from .views import as_of, audits, calendar, complaints, ledger_reports, orders, overdue, registrars, reminders, scores

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
    path("complaints/", complaints.complaints, name="complaints"),
    path("complaints/new/", complaints.new, name="complaint_new"),
    path("complaints/<str:number>/draft/", complaints.draft, name="complaint_draft"),
    path("complaints/<str:number>/contact/", complaints.contact, name="complaint_contact"),
    path("breaches/", orders.breaches, name="breaches"),
    path("orders/", orders.orders, name="orders"),
    path("orders/new/", orders.new, name="order_new"),
    path("orders/<str:number>/draft/", orders.draft, name="order_draft"),
    path("registrars/", registrars.registrars, name="registrars"),
    path("registrars/new/", registrars.new, name="registrar_new"),
    path("registrars/<str:number>/draft/", registrars.draft, name="registrar_draft"),
    path("audits/", audits.audits, name="audits"),
    path("audits/begin/", audits.begin, name="audit_begin"),
    path("audits/<str:number>/sheet/", audits.sheet, name="audit_sheet"),
    path("scores/", scores.scores, name="scores"),
    path("as-of/", as_of.as_of, name="as_of"),
]
