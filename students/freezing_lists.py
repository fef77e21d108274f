"""Whom the freeze of 第十四条 concerns: children of grade nine without a card, corrections not decided yet."""

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from . import freeze
from .idnumber import RESIDENT
from .models.child import NumberKind, Student
from .models.correction import Correction, CorrectionItem


def open_corrections() -> QuerySet[Correction]:
    """Corrections of key fields that are not decided yet."""
    items = CorrectionItem.objects.filter(case=OuterRef("pk"), field__in=freeze.KEY_FIELDS)
    return Correction.objects.open().filter(Exists(items))


def without_card(children: QuerySet[Student]) -> QuerySet[Student]:
    """Those whose document is no resident's card, or who hold no number."""
    # A child has at most one present number. Joined, not asked of each child: of a crowd the join is one pass.
    present = FilteredRelation("numbers", condition=Q(numbers__kind=NumberKind.ID, numbers__until=None))
    return children.alias(held=present).filter(~Q(id_type=RESIDENT) | Q(held__student=None))
