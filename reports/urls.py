from django.urls import path

from . import custody_views as custody
from . import roster_views as rosters
from . import views
from .balance import views as balance
from .batches import views as batches
from .books import views as books
from .overprint import views as overprint
from .register import views as register

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
    path("sheets/children/<slug:slug>/lessons/", rosters.lessons_of_child, name="lessons_sheet"),
    path("printers/", overprint.printers, name="printers"),
    path("printers/schools/<int:pk>/", overprint.keep, name="printer_keep"),
    path("printers/<int:pk>/test/", overprint.test_page, name="printer_test"),
    path("batches/", batches.batches, name="batches"),
    path("batches/start/", batches.start, name="batch_start"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/<int:pk>/progress/", batches.progress, name="batch_progress"),
    path("batches/<int:pk>/cancel/", batches.cancel, name="batch_cancel"),
    path("batches/<int:pk>/again/", batches.again, name="batch_again"),
    path("batches/<int:pk>/file/", batches.file, name="batch_file"),
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
    path("sheets/handovers/<str:number>/", custody.of_slip, name="handover_slip"),
    path("print/<slug:form>/", views.blank, name="blank"),
    path("print/<slug:form>/class/<int:pk>/", views.of_class, name="print_class"),
    path("print/<slug:form>/<str:number>/", views.filled, name="print"),
    path("print/<slug:form>/<str:number>/<slug:slug>/", views.of_child, name="print_child"),
    path("verify/<str:token>/", views.verify, name="verify"),
    path("prints/", register.prints, name="prints"),
    path("prints/<str:number>/", register.one, name="one_print"),
    path("prints/<str:number>/void/", register.void, name="void"),
]
