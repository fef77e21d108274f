"""Writing a Step: who signed what, by which appointment, under which article, with bytes for the later seal."""

import json

from django.utils import timezone

from accounts.policies import Power
from jianping_xueji.prepared import insert
from law import clock

from .desks import Signature
from .models import Case, Step
from .moves import Move, signature_of


def canonical_bytes(values: dict) -> bytes:
    """The one byte form of a step: sorted JSON, UTF-8, no spaces."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def sign(case: Case, described: Move, **act) -> Step:
    """Append the signature of one act, given as `signed` takes it. Never updates; the table refuses it."""
    return insert(signed(case, described, **act))


def signed(
    case: Case,
    described: Move,
    *,
    action: str,
    source: str,
    by,
    power: Power | None,
    desk=None,
    opinion: str = "",
    happened_on=None,
    arrived_on=None,
    due_on=None,
    particulars: dict | None = None,
) -> Step:
    """The signature of one act, as it is to be appended to the case."""
    acted_on = clock.today()
    values = {
        "case": case.pk,
        "action": action,
        "label": described.label,
        "source": source,
        "target": case.state,
        "stage": desk.stage if desk else "",
        "round": case.round,
        "signature": str(signature_of(desk, described)) if desk else str(Signature.NONE),
        "actor": by.pk,
        "appointment": power.appointment.pk if power else None,
        "deputising": bool(power and power.deputising),
        "opinion": opinion,
        "article": described.article.full,
        "acted_on": acted_on,
        "happened_on": happened_on or acted_on,
        "entered_at": timezone.now(),
        "arrived_on": arrived_on,
        "due_on": due_on,
        "particulars": particulars or {},
    }
    columns = {f"{k}_id" if k in ("case", "actor", "appointment") else k: v for k, v in values.items()}
    return Step(**columns, canonical=canonical_bytes(values))
