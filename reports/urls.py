from django.urls import path

from . import views
from .balance import views as balance

app_name = "reports"
urlpatterns = [
    path("balance/", balance.balance, name="balance"),
    path("balance/children/", balance.children, name="balance_children"),
    path("balance/workbook/", balance.workbook, name="balance_workbook"),
    path("balance/print/", balance.printed, name="balance_print"),
    path("print/<slug:form>/", views.blank, name="blank"),
    path("print/<slug:form>/class/<int:pk>/", views.of_class, name="print_class"),
    path("print/<slug:form>/<str:number>/", views.filled, name="print"),
    path("print/<slug:form>/<str:number>/<slug:slug>/", views.of_child, name="print_child"),
    path("verify/<str:token>/", views.verify, name="verify"),
]
