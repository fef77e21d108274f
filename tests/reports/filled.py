"""Every form filled in, from a record of the county that really is in the state the form wants.

`FILLED[code](county, words)` gives what is printed: a case, a case with one of its children, or a sheet. Whoever adds a
form adds its line here: the contact sheet, the searches of its text and the hostile texts all go over this table.
"""

from dataclasses import dataclass
from datetime import date

import tests.all_specimens  # noqa: F401 — registers the specimens
from accounts.roles import Role
from approvals.services import perform
from jianping_xueji.audit import anchoring
from law import clock
from law.school_time import first_day, school_year_of
from reports import certificate_forms, rosters
from reports.anchor_form import anchor_sheet
from reports.balance.sheet import sheet_of as balance_of
from reports.balance.spells import Span
from reports.forms import FORMS
from reports.overprint.sheets import overprint_of
from reports.services import print_form
from reports.sheets import print_sheet
from reports.subject import Sheet
from schools.models import Division, School
from students.models import Certificate, CertificateProof, Correction, FamilyMember, Student
from students.year.papers import open_assessment
from suspensions.models import Dropout
from tests.changes import SPECIMENS, County, decided, drafted
from tests.county import (
    LEGAL_DAY,
    child_maker,
    class_of,
    hand_for,
    id_number,
    make_school,
    papers_in_order,
    staff_member,
    walk,
)
from tests.reports import filled_books
from tests.students.specimens_schooling_proof import LOST, graduate
from tests.students.year_lists import JULY, graduated
from transfers.closing_services import start_closing
from transfers.placements import start_placement
from transfers.services import start_transfer


@dataclass(frozen=True)
class Words:
    """What a family may have written: a name, an address, the place of work, a remark."""

    name: str
    address: str
    workplace: str
    note: str


SHORT = Words("张小禾", "叶柏寿街道和平社区3号楼", "个体", "随父母居住地变化")
LONG = Words(
    "阿卜杜热合曼·买买提依明江·库尔班尼亚孜𠅤𬭼㛃䶮",
    "辽宁省朝阳市建平县叶柏寿街道和平社区人民路一百二十八号甲幢三单元五百零六室（原县农业机械厂家属院东侧）",
    "建平县惠州工业园区新材料科技股份有限公司叶柏寿第二生产车间设备维护班组",
    "因父母双方工作单位搬迁至县城，原就读学校距现住址四十余公里，无人接送，经两校协商同意后申请办理，附有关证明材料",
)


def dressed(child: Student, words: Words) -> Student:
    """The child with these words on its record, and two guardians."""
    Student.objects.filter(pk=child.pk).update(
        name=words.name[:60],
        home_address=words.address,
        family_address=words.address,
        phone="13800000000",
        household_division="211322101000",
        ethnicity="02",
        entered_month="202409",
    )
    for position, relation in ((1, "51"), (2, "52")):
        FamilyMember.objects.update_or_create(
            student=child,
            position_in_form=position,
            defaults={
                "name": words.name[:60],
                "relation": relation,
                "phone": "13800000000",
                "workplace": words.workplace[:60],
                "is_guardian": True,
            },
        )
    return Student.objects.get(pk=child.pk)


def small_county(bureau, no1, no2, no3) -> County:
    return County(bureau, no1, no2, no3, child_maker(), staff_member)


def of_kind(kind: str, *, until=None, done=False):
    """A case of a kind as its specimen, its child dressed; walked along its way as far as the form wants."""

    def make(county: County, words: Words):
        case = SPECIMENS[kind](county)
        dressed(case.child, words)
        if until or done:
            case = decided(case, until=until)
        return type(case).objects.get(pk=case.pk)

    return make


def moved(county: County, words: Words, *, until=None, to=None, ground="T4", **more):
    to = to or county.no2
    registrar = staff_member(Role.REGISTRAR, to)
    child = dressed(county.child_at(county.no1, grade=3), words)
    given = {"ground": ground, "grade": 3, "to_class": class_of(to, 3), "ground_note": words.note[:200]} | more
    case = start_transfer(child, to, by=registrar, **given)
    papers_in_order(case, registrar)
    return walk(case, until=until) if until else case


def to_county_school(county: County, words: Words):
    direct = School.objects.filter(county_direct=True, bureau=county.bureau).first()
    direct = direct or make_school(county.bureau, 61, "第六十一小学", direct=True)
    return moved(county, words, to=direct)


def refused(county: County, words: Words):
    case = moved(county, words, until="submit")
    by = hand_for(case, Role.HEADMASTER, "lead")
    return perform(case, "refuse", by=by, opinion=words.note)


def corrected(county: County, words: Words):
    child = dressed(county.child_at(county.no1, grade=3), words)
    number = id_number(child.birth_date, 444, child.sex)
    changes = {"name": "张叁", "ethnicity": "01", "id_number": number}
    return decided(drafted(Correction, child, reason_note=words.note, changes=changes))


def dropped_out(county: County, words: Words):
    from tests.suspensions.dropout_specimens import GIVEN, visited

    child = dressed(visited(county.child_at(county.no1, grade=3)), words)
    Student.objects.filter(pk=child.pk).update(household_division="150429000000")
    given = {"whereabouts": words.note[:100], "last_seen_on": date(2026, 5, 29)} | GIVEN
    return decided(drafted(Dropout, Student.objects.get(pk=child.pk), **given))


def placed(county: County, words: Words):
    from tests.transfers.placing import PLACED

    given = PLACED | {"child_name": words.name[:60], "residence": words.address[:100]}
    lives_in = Division.objects.get(code="211322101")
    by = staff_member(Role.BUREAU_CLERK, county.bureau)
    case = start_placement(county.no1, by=by, residence_division=lives_in, **given)
    roles = (("submit", Role.BUREAU_CLERK), ("pass_on", Role.BUREAU_CHECKER), ("approve", Role.BUREAU_LEADER))
    for action, role in roles:
        case = perform(case, action, by=hand_for(case, role, "bureau"))
    return case


def registered(county: County, words: Words):
    from tests.students.intake import asked, child_of, community, entered, ready

    case = ready(entered(county.no1, asked(words.name[:60]), community()))
    child = child_of(case)
    return case, dressed(child, words)


def closing(county: County, words: Words):
    for grade in (1, 3, 3, 5):
        dressed(county.child_at(county.no1, grade=grade), words)
    clerk = staff_member(Role.BUREAU_CLERK, county.bureau)
    given = {"manner": "merged", "document": "建政发〔2026〕12号", "closes_on": LEGAL_DAY}
    case = start_closing(county.no1, by=clerk, receiving=county.no2, **given)
    papers_in_order(case, clerk)
    return case


def lost(county: County, words: Words):
    former = graduate(dressed(county.child_at(county.no1, grade=6), words))
    return decided(drafted(CertificateProof, former, **LOST))


def paired(county: County, words: Words):
    from tests.leavers import leaver_maker
    from tests.students.specimens_intake import junior_school
    from tests.suspensions.pairs import OUTSIDE, drafted_sheet, inquired, signed

    junior = junior_school(county.bureau)
    inquired(leaver_maker(county.child_at)(county.no1, name=words.name[:60]), county.no1, **OUTSIDE)
    return signed(drafted_sheet(county.no1, junior))


def newcomers(county: County, words: Words) -> Sheet:
    return rosters.newcomers_of(class_of(first_graders(county, words), 1))


def leavers(county: County, words: Words) -> School:
    """A junior school whose ninth grade has left: one child passed, one did not; the certificate is numbered."""
    junior = make_school(county.bureau, 71, "第七十一初级中学", School.Kind.JUNIOR)
    children = [dressed(county.child_at(junior, grade=9), words) for _ in range(2)]
    with clock.at(JULY):
        lines = [[child.pk, child == children[0], "", n] for n, child in enumerate(children, 2)]
        given = {"year": 2026, "file_name": "结果.xlsx", "lines": lines}
        decided(open_assessment(given, by=staff_member(Role.BUREAU_CLERK, county.bureau)))
    graduated(junior, 9)
    sealed = {"number": "辽朝义20270000000001号", "sealed_on": JULY, "issued_on": JULY}
    Certificate.objects.filter(kind="graduation", school=junior).update(**sealed)
    return junior


def graduates(county: County, words: Words) -> Sheet:
    return rosters.graduates_of(class_of(leavers(county, words), 9))


def collection(county: County, words: Words) -> Sheet:
    return certificate_forms.collection_of(leavers(county, words), 2026)


def certificate(kind: str, sheet_of):
    def make(county: County, words: Words) -> Sheet:
        return sheet_of(Certificate.objects.get(kind=kind, school=leavers(county, words)))

    return make


def on_the_roll(county: County, words: Words) -> Sheet:
    return certificate_forms.enrolment_of(dressed(county.child_at(county.no1, grade=3), words))


def balance(county: County, words: Words) -> Sheet:
    county.child_at(county.no1, grade=3)
    span = Span((county.no1.pk,), first_day(school_year_of(clock.today())), clock.today())
    return balance_of(span, county.no1, staff_member(Role.BUREAU_CLERK, county.bureau))


def on_a_card(county: County, words: Words) -> Sheet:
    child = dressed(county.child_at(county.no1, grade=3), words)
    filled_books.with_results(child, words.note)
    content = FORMS["registry_card"].of_child(child, class_of(county.no1, 3))
    return Sheet(content, (county.no1.pk,), "学籍卡", school=county.no1, children=(child,), child=child)


def first_graders(county: County, words: Words) -> School:
    for _ in range(3):
        dressed(county.child_at(county.no1, grade=1), words)
    return county.no1


def came_and_went(county: County, words: Words) -> School:
    """A school with a child that came, one that fell ill and two that stay."""
    case = moved(county, words, until="complete")
    for _ in range(2):
        dressed(county.child_at(case.lead_school, grade=3), words)
    return case.lead_school


def complained_of(until: str = "", done: bool = False):
    """A complaint about a dressed child; walked as far as the form wants."""

    def make(county: County, words: Words):
        from tests.supervision.complaining import complained, told, walked

        child = dressed(county.child_at(county.no1, grade=3), words)
        case = complained(county.no1, child, complainant=words.name[:60], content=words.note, demand=words.address)
        case = walked(case, until=until or None) if until or done else case
        return told(case) if done else case

    return make


def issued_order(county: County, words: Words):
    from tests.supervision.ordering import ORDER_WAY, ordered
    from tests.supervision.ordering import walked as walked_order

    return walked_order(ordered(county.no1, facts_text=words.note, demand_text=words.address), ORDER_WAY)


def office_handed_over(county: County, words: Words):
    from tests.supervision.ordering import REPORT_WAY, newcomer, reported
    from tests.supervision.ordering import walked as walked_report

    return walked_report(reported(county.no1, newcomer(words.name[:36])), REPORT_WAY)


def audited(county: County, words: Words):
    from tests.supervision.auditing import begun
    from tests.supervision.auditing import walked as walked_audit

    child = dressed(county.child_at(county.no1, grade=3), words)
    return walked_audit(begun(county.bureau)[county.no1.pk], absent=[child])


def anchored(county: County, words: Words) -> Sheet:
    """The head of the audit's chain on the day of the story."""
    return anchor_sheet(anchoring.drop(clock.today()), staff_member(Role.AUDITOR, county.bureau))


FILLED = {
    "registry_card": on_a_card,
    "transfer_contact": lambda county, words: moved(county, words, until="complete"),
    "direct_form": to_county_school,
    "investor_form": lambda county, words: moved(county, words, ground="T5"),
    "transfer_proof": lambda county, words: moved(county, words, until="complete"),
    "resumption_notice": of_kind("resumption", done=True),
    "acceptance_receipt": lambda county, words: moved(county, words, until="submit"),
    "refusal_notice": refused,
    "one_time_notice": moved,
    "suspension_form": of_kind("suspension", done=True),
    "deregistration_form": of_kind("death", done=True),
    "dropout_report": dropped_out,
    "file_handover": dropped_out,
    "correction_form": corrected,
    "consistency_sheet": of_kind("correction"),
    "problem_form": of_kind("merge"),
    "admission_notice": placed,
    "basics_form": registered,
    "handover_list": closing,
    "schooling_proof": lost,
    "newcomers_roster": newcomers,
    "graduates_roster": graduates,
    "collection_list": collection,
    "completion_certificate": certificate("completion", certificate_forms.completion_of),
    "certificate_overprint": certificate("graduation", overprint_of),
    "enrolment_proof": on_the_roll,
    "suspension_proof": of_kind("suspension", done=True),
    "balance_sheet": balance,
    "pairing_sheet": paired,
    "roll_check": filled_books.roll(first_graders),
    "home_lessons": filled_books.at_home(dressed),
    "handover_slip": filled_books.slip(moved),
    "evidence_cover": filled_books.cover(moved),
    "newcomers_book": filled_books.book("newcomers", first_graders),
    "movements_book": filled_books.book("movements", came_and_went),
    "cards_book": filled_books.book("cards", came_and_went, term=2),
    "transfers_book": filled_books.book("transfers", came_and_went),
    "transfer_proofs": filled_books.book("transfers", came_and_went, paper="transfer_proofs"),
    "graduates_book": filled_books.book("graduates", leavers, term=2),
    "roll_call_sheet": audited,
    "audit_report": audited,
    "order_notice": issued_order,
    "handover_of_office": office_handed_over,
    "complaint_receipt": complained_of(),
    "complaint_order": complained_of(until="feed_back"),
    "complaint_supervision": complained_of(done=True),
    "complaint_answer": complained_of(done=True),
    "audit_anchor": anchored,
}


def printed_filled(code: str, county: County, words: Words, address_of):
    """The form filled in and printed, by a clerk of the bureau."""
    about, form = FILLED[code](county, words), FORMS[code]
    by = staff_member(Role.BUREAU_CLERK, county.bureau)
    if isinstance(about, Sheet):
        return print_sheet(form, about, by=by, address_of=address_of)
    case, child = about if isinstance(about, tuple) else (about, None)
    return print_form(form, case, by=by, address_of=address_of, child=child)


def content_filled(code: str, county: County, words: Words) -> dict:
    """The plain values of the filled form."""
    about, form = FILLED[code](county, words), FORMS[code]
    if isinstance(about, Sheet):
        return about.content
    case, child = about if isinstance(about, tuple) else (about, None)
    return form.data(case, child) if form.each_child else form.data(case)
