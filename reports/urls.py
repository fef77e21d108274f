from django.urls import path

from . import roster_views as rosters
from . import views
from .balance import views as balance
from .books import views as books

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
    path("books/", books.books, name="books"),
    path("books/<int:pk>/", books.shelf, name="shelf"),
    path("books/<int:pk>/<slug:kind>/<int:year>/<int:term>/", books.book, name="book"),
    path("books/<int:pk>/<slug:kind>/<int:year>/<int:term>/print/", books.book_print, name="book_print"),
    path("books/<int:pk>/<slug:kind>/<int:year>/<int:term>/workbook/", books.book_workbook, name="book_workbook"),
    path("books/<int:pk>/<slug:kind>/<int:year>/<int:term>/close/", books.book_close, name="book_close"),
    path("books/parts/<int:pk>/", books.book_part, name="book_part"),
    path("books/parts/<int:pk>/print/", books.book_part_print, name="book_part_print"),
    path("books/parts/<int:pk>/workbook/", books.book_part_workbook, name="book_part_workbook"),
    path("books/files/<int:pk>/", books.book_file, name="book_file"),
    path("print/<slug:form>/", views.blank, name="blank"),
    path("print/<slug:form>/class/<int:pk>/", views.of_class, name="print_class"),
    path("print/<slug:form>/<str:number>/", views.filled, name="print"),
    path("print/<slug:form>/<str:number>/<slug:slug>/", views.of_child, name="print_child"),
    path("verify/<str:token>/", views.verify, name="verify"),
]
