from django.urls import path

from . import custody_views as custody
from . import roster_views as rosters
from . import views
from .balance import views as balance

app_name = "reports"
urlpatterns = [
    path("balance/", balance.balance, name="balance"),
    path("balance/children/", balance.children, name="balance_children"),
    path("balance/workbook/", balance.workbook, name="balance_workbook"),
    path("balance/print/", balance.printed, name="balance_print"),
    path("sheets/", rosters.rosters_page, name="rosters"),
    path("sheets/classes/<int:pk>/<slug:form>/", rosters.of_class, name="class_sheet"),
    path("sheets/schools/<int:pk>/certificates/<int:year>/", rosters.of_certificates, name="certificate_sheet"),
    path("sheets/certificates/<int:pk>/", rosters.of_paper, name="paper_sheet"),
    path("sheets/children/<slug:slug>/", rosters.of_child, name="child_sheet"),
    path("sheets/handovers/<str:number>/", custody.of_slip, name="handover_slip"),
    path("print/<slug:form>/", views.blank, name="blank"),
    path("print/<slug:form>/class/<int:pk>/", views.of_class, name="print_class"),
    path("print/<slug:form>/<str:number>/", views.filled, name="print"),
    path("print/<slug:form>/<str:number>/<slug:slug>/", views.of_child, name="print_child"),
    path("verify/<str:token>/", views.verify, name="verify"),
]
