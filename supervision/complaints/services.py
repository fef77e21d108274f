"""Registering a complaint, keeping its draft, and looking at the complainant's number."""

from datetime import date

from django.db import transaction

from accounts.policies import powers_behind
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.materials import lay_out
from approvals.models import Case, CaseSubject
from approvals.rules import judge
from approvals.services import lock_children, lock_draft, open_case, set_due
from jianping_xueji import audit, vault
from law import clock
from schools.models import School
from students.models import Enrolment, Student

from .case import CONTACT_AAD, LAW, SEES_WHO, Complaint
from .look import ContactLook
from .rules import BEGINNING, ComplaintFacts

LONGEST_REASON = ContactLook._meta.get_field("reason").max_length


def facts_of(case: Complaint, day: date) -> ComplaintFacts:
    """The facts of a registered complaint."""
    return facts_for(case.lead_school, day, child=case.child, besides=case, **case_columns(case))


def case_columns(case: Complaint) -> dict:
    return {name: getattr(case, name) for name in ("received_on", "matter", "order_text", "about_case", "follows")}


def facts_for(
    school: School, day: date, *, child: Student | None, besides: Complaint | None = None, **given
) -> ComplaintFacts:
    """Facts of a complaint about this school, registered or not."""
    about = given.get("about_case")
    same = open_about(school, child, given["matter"], besides) if child else None
    return ComplaintFacts(
        on=day,
        received_on=given["received_on"],
        child_elsewhere=child_elsewhere(child, school) if child else "",
        case_elsewhere=case_elsewhere(about, school) if about else "",
        same=same.number if same else "",
        original_unfit=original_unfit(given.get("follows"), school),
        order_text=given.get("order_text") or "",
    )


def child_elsewhere(child: Student, school: School) -> str:
    """Words when the child never had to do with the school: neither its record nor a case of it."""
    lived = Enrolment.objects.filter(student=child, school=school, voided=False)
    asked = CaseSubject.objects.filter(child=child, case__lead_school=school)
    if child.school_id == school.pk or lived.exists() or asked.exists():
        return ""
    return f"{child.name}的学籍和业务与{school.short_name}无关"


def case_elsewhere(about: Case, school: School) -> str:
    if school.pk in (about.lead_school_id, about.peer_school_id):
        return ""
    return f"{about.kind_name}{about.number}不是{school.short_name}的业务"


def original_unfit(original: Complaint | None, school: School) -> str:
    """Words when a complaint that is said to go on is still open, or was about another school."""
    if original is None or original.lead_school_id == school.pk and original.closed_on:
        return ""
    return f"原投诉件{original.number}还没有办结，或者不是对{school.short_name}的投诉"


def open_about(school: School, child: Student, matter: str, besides: Complaint | None) -> Complaint | None:
    """The complaint about the same school, child and matter that is still open."""
    running = Complaint.objects.filter(lead_school=school, matter=matter, closed_on=None, subjects__child=child)
    return (running.exclude(pk=besides.pk) if besides else running).first()


def refuse_unlawful(school: School, child: Student | None, given: dict, besides: Complaint | None = None) -> None:
    """Raises RulesBroken with every breach."""
    verdict = judge(BEGINNING, facts_for(school, clock.today(), child=child, besides=besides, **given))
    if verdict.broken:
        raise RulesBroken(verdict)


@transaction.atomic
def register(school: School, *, by, child: Student | None = None, phone: str = "", **given) -> Complaint:
    """Write a complaint down on the day it came; its three working days run. Raises RulesBroken, NotYourHand."""
    lock_children([child.pk] if child else [])
    refuse_unlawful(school, child, given)
    key = vault.new_child_key()
    case = open_case(
        Complaint,
        by=by,
        lead=school,
        children=[],
        state=Complaint.State.DRAFT,
        wrapped_key=key,
        contact=sealed(key, phone),
        **given,
    )
    name_child(case, child)
    lay_out(case, case.papers())
    return case


@transaction.atomic
def keep(case: Complaint, *, by, child: Student | None = None, phone: str | None = None, **given) -> Complaint:
    """Write the draft anew; `phone` None keeps the number. Raises Refused once handed in, NotYourHand, RulesBroken."""
    lock_children([child.pk] if child else [])
    case = lock_draft(case, by=by, what="登记内容")
    refuse_unlawful(case.lead_school, child, given, besides=case)
    for name, value in given.items():
        setattr(case, name, value)
    if phone is not None:
        case.contact = sealed(bytes(case.wrapped_key), phone)
    set_due(case, case.desk)
    case.save()
    name_child(case, child)
    return case


def name_child(case: Complaint, child: Student | None) -> None:
    """The child the complaint speaks of: beside any open change, never in its way."""
    CaseSubject.objects.filter(case_id=case.pk).exclude(child=child).delete()
    if child:
        CaseSubject.objects.get_or_create(case_id=case.pk, child=child, defaults={"blocking": False})


def sealed(key: bytes, phone: str) -> bytes:
    return vault.seal(key, phone.strip(), CONTACT_AAD) if phone.strip() else b""


@transaction.atomic
def reveal_contact(case: Complaint, *, by, reason: str) -> str:
    """The complainant's full number, for whoever works on the complaint; the look is kept.

    Raises NotYourHand for everybody else, Refused without a reason.
    """
    if not any(powers_behind(by, right, case.lead_school_id) for right in SEES_WHO):
        raise NotYourHand(f"投诉人的电话由教育局办理人员查看（{LAW}）。")
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise Refused(f"查看电话须写明原因，不超过{LONGEST_REASON}字，记入留痕（{LAW}）。")
    if not case.phone:
        raise Refused("没有登记投诉人的电话。")
    audit.became("opened", reason=reason.strip())
    ContactLook.objects.create(complaint=case, user=by, reason=reason.strip(), legal_date=clock.today())
    return case.phone
