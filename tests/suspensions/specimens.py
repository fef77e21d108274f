"""One ordinary draft of each kind of this app."""

from datetime import date

from suspensions.models import Suspension
from tests.changes import drafted, specimen
from tests.county import LEGAL_DAY

ONE_YEAR = {"ground_note": "肺炎", "starts_on": LEGAL_DAY, "until": date(2027, 9, 14)}


@specimen("suspension")
def suspension(county):
    return drafted(Suspension, county.child_at(county.no1, grade=3), **ONE_YEAR)
