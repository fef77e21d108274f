"""Importing in stories: a workbook through preview and commit, and a batch on its way to registered children."""

import hashlib

from django.db import connection

from accounts.roles import Role
from approvals.services import perform
from law import clock
from students.importing import service
from students.importing.planning import make_plan
from students.intake import batches
from tests.county import staff_member

# Tables in which an import may leave a trace in a child's record.
RECORDS = (
    "students_student", "students_studentnumber", "students_familymember", "students_registrationentry",
    "students_enrolment", "students_placement", "approvals_case", "approvals_casesubject", "approvals_step",
    "schools_seats",
)  # fmt: skip

WAY = [
    ("hand_in", Role.REGISTRAR, "school"),
    ("vouch", Role.HEADMASTER, "school"),
    ("propose", Role.BUREAU_CLERK, "bureau"),
    ("register", Role.BUREAU_CHECKER, "bureau"),
]


def plan_of(data, school):
    return make_plan(service.read(data, school), school)


def previewed(data, school, by=None):
    """An upload that has been read: the file as the preview page shows it, and the parsed book."""
    by = by or staff_member(Role.REGISTRAR, school)
    parsed = service.read(data, school)
    file = service.take_in(data, "名册.xlsx", school, by)
    return service.keep_preview(file, parsed, make_plan(parsed, school)), parsed


def imported(data, school, by=None, **choices):
    """Preview and commit; gives the file."""
    file, parsed = previewed(data, school, by)
    return service.commit(file, parsed, by=file.uploaded_by, **{"accept_warnings": True, **choices})


def signed_for(case):
    """The guardians of everybody in the batch have signed the form (第六条第二款)."""
    registrar = staff_member(Role.REGISTRAR, case.lead_school)
    children = case.entries.filter(student__application__signed_on=None).values_list("student", flat=True)
    return batches.sign_for(case, list(children), by=registrar, signed_on=clock.today()) if children else case


def walk_batch(case, *, until="register"):
    """Signed for, then through the four hands up to and including `until`."""
    case = signed_for(case)
    for action, role, side in WAY:
        place = case.lead_school if side == "school" else case.lead_school.bureau
        case = perform(case, action, by=staff_member(role, place))
        if action == until:
            break
    return case


def registered(data, school):
    """Children of a workbook as living children of the school."""
    return walk_batch(imported(data, school).registration)


def digest_of_records() -> str:
    """One fingerprint of everything an import could have changed."""
    total = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in RECORDS:
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t")
            total.update(str(cursor.fetchone()).encode())
    return total.hexdigest()
