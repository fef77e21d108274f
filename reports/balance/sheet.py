"""The balance on its way to the printer: of one school, or of all schools in somebody's sight."""

from accounts.policies import powers_of
from schools.models import School

from ..balance_form import book_of
from ..subject import Sheet
from .spells import Span
from .table import balances_of
from .workbook import span_words


def sheet_of(span: Span, school: School | None, user) -> Sheet:
    books = [book_of(balance, balance.columns) for balance in balances_of(span)]
    whose, days = school.name if school else all_of(user), span_words(span)
    words = "；".join(f"{book['name']}{book['sentence']}" for book in books)
    content = {"whose": whose, "days": days, "books": books, "decision": words[:100]}
    return Sheet(content, span.schools, f"{whose}，{days}"[:200], school=school)


def all_of(user) -> str:
    """Whose schools they are, when they are several."""
    places = [str(power.appointment.place) for power in powers_of(user).appointments]
    return f"{places[0]}所辖学校" if places else "全部学校"
