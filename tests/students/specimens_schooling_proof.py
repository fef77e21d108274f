"""One ordinary draft of 学习经历证明, of a graduate of the register and of somebody in an old roll book."""

from datetime import date

from accounts.roles import Role
from students.models import CertificateProof, Student
from students.schooling_proofs.services import start_from_roll_book
from tests.changes import drafted, specimen
from tests.county import papers_in_order, staff_member

LOST = {"stage": "junior", "entered_month": "202309", "left_month": "202607", "lost_how": "2026年8月搬家时遗失"}
OLD = {
    "name": "样例老", "sex": "2", "birth_date": date(1993, 5, 6), "id_tail": "001X", "stage": "junior",
    "entered_month": "200509", "left_month": "200807", "certificate_number": "辽朝义08001234",
    "roll_book": "2008届毕业生花名册第3页第12行", "lost_how": "2026年8月搬家时遗失",
}  # fmt: skip


def graduate(child) -> Student:
    """The child as one that has graduated, without walking there."""
    Student.objects.filter(pk=child.pk).update(status=Student.Status.GRADUATED)
    return Student.objects.get(pk=child.pk)


def from_roll_book(school, **other) -> CertificateProof:
    registrar = staff_member(Role.REGISTRAR, school)
    case = start_from_roll_book(school, by=registrar, **OLD | other)
    papers_in_order(case, registrar)
    return case


@specimen("certificate_proof")
def proof(county):
    return drafted(CertificateProof, graduate(county.child_at(county.no1, grade=6, name="样例毕")), **LOST)
