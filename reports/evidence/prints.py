"""What left the printer about a child or a case: the register's rows, whose PDFs are on paper and nowhere else."""

from django.db.models import Q

from archives.evidence.collecting import Scope

from ..models import Print


def prints_of(scope: Scope) -> list[dict]:
    """Serial number, form, article, hash of the PDF and standing of every print, why it is void; oldest first."""
    about = Q(case__in=[case.pk for case in scope.cases])
    if scope.child:
        about = about & (Q(child=None) | Q(child=scope.child)) | Q(child=scope.child, case=None)
    rows = Print.objects.filter(about).select_related("case", "printed_by").order_by("pk")
    return [row_of(record) for record in rows]


def row_of(record: Print) -> dict:
    from ..forms import FORMS

    return {
        "number": record.number,
        "title": record.title,
        "article": str(FORMS[record.form].article),
        "case": record.case.number if record.case else "",
        "printed_on": f"{record.legal_date:%Y-%m-%d}",
        "printed_by": record.printed_by.name,
        "short_code": record.short_code,
        "standing": str(record.standing.label),
        "void_on": f"{record.withdrawn_on:%Y-%m-%d}" if record.withdrawn_on else "",
        "void_because": record.withdrawn_why,
        "pdf_sha256": record.pdf_sha256,
    }
