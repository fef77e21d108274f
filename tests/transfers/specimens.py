"""One ordinary draft of each kind of this app."""

from tests.changes import drafted, specimen
from transfers.models import OutwardTransfer

REQUEST = {"to_division": "150429", "to_school_name": "宁城县实验小学", "evidence": "系统截图"}


@specimen("outward")
def outward(county):
    return drafted(OutwardTransfer, county.child_at(county.no1, grade=3), **REQUEST)
