"""Beginning the audit of a term for all schools at once, filling in its sheet, and what the roll call found."""

from collections.abc import Iterable

from django.db import IntegrityError, connection, transaction

from accounts.policies import powers_behind, powers_of
from approvals.errors import NotYourHand, Refused
from approvals.services import lock
from approvals.together import open_together
from law import clock, parameters
from law.school_time import school_year_of
from schools.models import School
from students.models import Placement
from students.terms import Opening, present_opening

from ..orders.breaches import Breach, signs_at
from .case import LAW, AuditFinding, AuditSample, TermAudit

# What the sheet writes in each state: of the roll call, of the findings.
WRITES = {
    TermAudit.State.DRAFT: (("result", "note"), ()),
    TermAudit.State.ANSWER: ((), ("answer", "words")),
    TermAudit.State.CLOSE: ((), ("verdict",)),
}
# So many children of each school, chosen by a digest of the case's number: nobody picks them, everybody can check.
_DRAWN = """
INSERT INTO supervision_auditsample (case_id, child_id, place, result, note)
SELECT case_id, child_id, '', '', '' FROM (
    SELECT c.case_ptr_id AS case_id, s.id AS child_id,
        row_number() OVER (PARTITION BY c.case_ptr_id ORDER BY md5(a.number || s.slug)) AS nth
    FROM supervision_termaudit c
    JOIN approvals_case a ON a.id = c.case_ptr_id
    JOIN students_student s ON s.school_id = c.school_id AND s.status = 'enrolled'
    JOIN students_enrolment e ON e.student_id = s.id AND NOT e.voided AND upper_inf(e.during)
    JOIN students_placement p ON p.enrolment_id = e.id AND p.year = c.year AND p.ends IS NULL
    WHERE c.case_ptr_id = ANY(%s::bigint[])) drawn
WHERE nth <= %s
"""


def waiting_schools(user, opening: Opening):
    """Schools on which the user makes and that have no audit of this term."""
    ids = powers_of(user).schools("bureau_make")
    begun = TermAudit.objects.filter(year=opening.year, term=opening.term, counts=True).values("school")
    return School.objects.filter(pk__in=ids, closed_on=None).exclude(pk__in=begun).order_by("code")


@transaction.atomic
def begin_round(*, by, schools: Iterable[School] | None = None) -> list[TermAudit]:
    """Open this term's audit of every school that has none: findings and samples in a few statements for all.

    Raises NotYourHand, Refused when there is nothing to begin or somebody began at the same moment.
    """
    opening = present_opening()
    leads = list(schools if schools is not None else waiting_schools(by, opening))
    if not leads:
        raise Refused(f"本学期各校的核查都已开始（{LAW}），请在列表中继续办理。")
    given = {"state": TermAudit.State.DRAFT, "year": opening.year, "term": opening.term}
    try:
        cases = open_together(TermAudit, by=by, leads=leads, each=lambda lead: {"school": lead}, **given)
    except IntegrityError as error:
        raise Refused(f"本学期的核查刚刚由他人开始，请刷新后查看（{LAW}）。") from error
    propose_findings(cases)
    draw_samples(cases)
    return cases


def propose_findings(cases: list[TermAudit]) -> None:
    """What the record shows today of each school, one finding a sign."""
    by_school = {case.school_id: case for case in cases}
    AuditFinding.objects.bulk_create(
        AuditFinding(
            case=by_school[sign.school],
            source=AuditFinding.Source.DATA,
            breach=sign.breach,
            title=sign.title[:120],
            number=sign.number,
            url=sign.url[:200],
        )
        for sign in signs_at(by_school)
    )


def draw_samples(cases: list[TermAudit]) -> None:
    number = parameters.on(clock.today())["audit.sample"]
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN, [[case.pk for case in cases], number])
    name_places(cases)


def name_places(cases: list[TermAudit]) -> None:
    """The class of each sampled child as people call it this year."""
    year = school_year_of(clock.today())
    samples = list(AuditSample.objects.filter(case__in=cases))
    places = Placement.objects.filter(
        enrolment__student__in=[sample.child_id for sample in samples],
        enrolment__voided=False,
        year=year,
        ends=None,
    ).select_related("school_class", "enrolment")
    names = {place.enrolment.student_id: place.school_class.name_in(year) for place in places}
    for sample in samples:
        sample.place = names.get(sample.child_id, "")
    AuditSample.objects.bulk_update(samples, ["place"])


def add_what_the_roll_call_found(case: TermAudit) -> None:
    """Children who were not there, or sat elsewhere, become findings; a corrected sheet corrects them."""
    case.findings.filter(source=AuditFinding.Source.SAMPLE).delete()
    for result in (AuditSample.Result.ABSENT, AuditSample.Result.OTHER_CLASS):
        number = case.samples.filter(result=result).count()
        if number:
            case.findings.create(
                source=AuditFinding.Source.SAMPLE,
                breach=Breach.SPLIT,
                title=f"抽查点名：{result.label}",
                number=number,
            )


@transaction.atomic
def fill_in(
    case: TermAudit, *, by, samples: dict | None = None, findings: dict | None = None, added: dict | None = None
):
    """Write what the sheet says in the present state: results of the roll call, answers, or verdicts.

    `samples` and `findings` are pk → columns; `added` is one finding of the visit itself. Raises Refused when the sheet
    is not open, NotYourHand.
    """
    case = lock(case)
    right = case.SHEET.get(case.state)
    if right is None:
        raise Refused(f"{case.number}现为“{case.state_name}”，核查表不能改动（{LAW}）。")
    if not powers_behind(by, right, case.lead_school_id):
        raise NotYourHand(f"核查表现在由{case.desk_holder}经办人员填写（{LAW}）。")
    write_rows(case.samples, samples or {}, WRITES[case.state][0])
    write_rows(case.findings, findings or {}, WRITES[case.state][1])
    if added and case.state == case.State.DRAFT:
        add_by_hand(case, added)
    return case


def write_rows(manager, given: dict, columns: tuple[str, ...]) -> None:
    """Write these columns of the rows named; what the state does not open is left alone."""
    rows = list(manager.filter(pk__in=given)) if columns else []
    for row in rows:
        for name in columns:
            setattr(row, name, given[row.pk].get(name, getattr(row, name)))
    if rows:
        manager.model.objects.bulk_update(rows, columns)


def add_by_hand(case: TermAudit, added: dict) -> None:
    """A finding of the visit. Raises Refused for one that stands there already."""
    try:
        with transaction.atomic():
            case.findings.create(source=AuditFinding.Source.HAND, **added)
    except IntegrityError as error:
        raise Refused(f"“{added['title']}”已经列入核查发现，请在原项中修改（{LAW}）。") from error
