"""No page asks the database more when it shows more: at most fifteen questions, as many for two rows as for twenty."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.services import perform
from law import clock
from law.models import Window
from reports.certificate_forms import enrolment_of
from reports.forms import FORMS
from reports.services import print_form
from reports.sheets import print_sheet
from schools.models import School, SchoolClass
from students.campaigns import open_campaign
from students.changes import start_change
from students.models import CampaignEntry, CertificateProof, Correction, Placement, RosterEntry, Student
from suspensions import arrivals
from suspensions.models import AbsenceEntry, Dropout, Suspension
from tests.changes import decided, drafted
from tests.county import class_of, hand_for, make_school
from tests.students.rosters import catchment, put_on_roster
from tests.students.specimens_numbering import drafted_numbering, row_of
from tests.students.specimens_problems import found_pair
from tests.students.specimens_schooling_proof import LOST, graduate
from tests.suspensions.dropout_specimens import GIVEN, visited
from tests.transfers.placing import PLACED
from transfers.models import Inclusion, SchoolPlacement, Transfer
from transfers.placements import start_placement
from transfers.services import start_transfer


@pytest.fixture
def children(child_at, no1):
    return lambda number: [child_at(no1, grade=3, name=f"样例{n}") for n in range(number)]


@pytest.fixture
def transfers(children, no2, staff):
    """transfers(number, state="to_school_check", …) into the second school, put into a state without walking there."""

    def make(number: int, state: str = "", **columns) -> list[Transfer]:
        registrar, to_class = staff(Role.REGISTRAR, no2), class_of(no2, 3)
        cases = [
            start_transfer(child, no2, by=registrar, ground="T4", grade=3, to_class=to_class)
            for child in children(number)
        ]
        if state:
            today = clock.today()
            values = {"state": state, "accepted_on": today, "arrived_on": today, "due_on": today, **columns}
            Transfer.objects.filter(pk__in=[case.pk for case in cases]).update(**values)
        return cases

    return make


@pytest.fixture
def waiting_at_school(transfers):
    desk = {"desk_stage": "转入学校", "desk_right": "check_change"}
    return lambda number: transfers(number, "to_school_check", **desk)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.CLASS_TEACHER, Role.BUREAU_CLERK])
def test_the_list_of_children(same_questions, sign_in, children, bureau, no1, no2, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(reverse("students:list"), children)


def test_a_page_of_a_long_list(same_questions, sign_in, children, no1, monkeypatch):
    monkeypatch.setattr("students.views.lists.PAGE", 1)
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("students:list"), children)


@pytest.mark.parametrize("words", ["样例", "yangli", "yl"])
def test_a_search(same_questions, sign_in, children, bureau, words):
    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions(f"{reverse('students:list')}?q={words}&status=all", children)


def test_children_with_open_cases_in_the_list(same_questions, sign_in, waiting_at_school, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("students:list"), waiting_at_school)


@pytest.mark.parametrize("scope", ["mine", "open", "all"])
def test_the_queue(same_questions, sign_in, waiting_at_school, no2, scope):
    sign_in(Role.DEPUTY_HEAD, no2)
    same_questions(f"{reverse('approvals:queue')}?scope={scope}", waiting_at_school)


@pytest.mark.parametrize("role", [Role.DEPUTY_HEAD, Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_workbench(same_questions, sign_in, waiting_at_school, bureau, no2, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no2)

    def signed(number):
        for case in waiting_at_school(number):
            perform(case, "accept_child", by=hand_for(case, Role.HEADMASTER, "lead"))

    # The latest steps are shown at a glance, so the first look must already have all of them.
    signed(8)
    same_questions(reverse("approvals:workbench"), lambda number: (signed(number), waiting_at_school(number)))


def test_filings(same_questions, sign_in, waiting_at_school, no2):
    sign_in(Role.REGISTRAR, no2)

    def signed(number):
        for case in waiting_at_school(number):
            perform(case, "accept_child", by=hand_for(case, Role.HEADMASTER, "lead"))

    same_questions(reverse("approvals:filings"), signed)


def test_the_classes_of_a_school(same_questions, sign_in, children, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("students:classes"), children)


def test_the_schools_of_the_county(same_questions, sign_in, children, bureau):
    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions(reverse("students:classes"), children)


def test_one_class(same_questions, sign_in, waiting_at_school, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("students:class", args=[class_of(no1, 3).pk]), waiting_at_school)


def test_transfers_that_wait_for_arrival(same_questions, sign_in, transfers, no2):
    sign_in(Role.REGISTRAR, no2)
    today = clock.today()
    done = {"desk_stage": "", "desk_right": "", "desk_school": None, "closed_on": today, "moved_on": today}
    same_questions(reverse("transfers:waiting"), lambda number: transfers(number, "done", **done))


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_suspensions_that_end(same_questions, sign_in, children, staff, bureau, no1, role):
    def suspended(number):
        for child in children(number):
            given = {"ground_note": "肺炎", "starts_on": date(2025, 9, 15), "until": date(2026, 9, 14)}
            case = start_change(Suspension, child, by=staff(Role.REGISTRAR, no1), **given)
            off_desk = {"desk_stage": "", "desk_right": "", "desk_school": None, "closed_on": clock.today()}
            Suspension.objects.filter(pk=case.pk).update(state="done", **off_desk)
            case.subjects.update(blocking=False)
            Student.objects.filter(pk=child.pk).update(status=Student.Status.SUSPENDED)

    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(reverse("suspensions:due"), suspended)


@pytest.mark.parametrize("what", ["cases", "no_id"])
def test_the_freeze(same_questions, sign_in, child_at, bureau, what):
    announced = {"starts": clock.today(), "ends": clock.today() + timedelta(days=60)}
    Window.objects.create(kind=Window.Kind.EXAM_FREEZE, document="县教育局通知", **announced)
    school = make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR)

    def nines(number):
        for n in range(number):
            child = child_at(school, grade=9, name=f"样例{n}")
            if what == "no_id":
                Student.objects.filter(pk=child.pk).update(id_type="B")
            else:
                given = {"ground": "mistyped", "reason_note": "录入差错", "exception_reason": "录入差错"}
                drafted(Correction, child, changes={"name": "更名"}, **given)

    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions(f"{reverse('students:freeze')}?show={what}", nines)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_page_of_a_child_with_a_past(same_questions, sign_in, child_at, staff, bureau, no1, no2, role):
    child, registrar = child_at(no1, grade=3), staff(Role.REGISTRAR, no2)

    def begun_and_withdrawn(number):
        for _ in range(number):
            case = start_transfer(child, no2, by=registrar, ground="T4", grade=3)
            Transfer.objects.filter(pk=case.pk).update(accepted_on=clock.today())
            perform(case, "withdraw", by=registrar, opinion="家长改变了主意")

    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(child.get_absolute_url(), begun_and_withdrawn)


@pytest.fixture
def dropouts(child_at, no1):
    """dropouts(number, state="done", …): cases of migrant children, put into a state without walking there."""

    def make(number: int, **columns) -> None:
        cases = [
            drafted(
                Dropout, visited(child_at(no1, grade=3, name=f"样例{n}", household_division="150429000000")), **GIVEN
            )
            for n in range(number)
        ]
        Dropout.objects.filter(pk__in=[case.pk for case in cases]).update(**columns)

    return make


OFF_EVERY_DESK = {"desk_stage": "", "desk_right": "", "desk_school": None}


@pytest.mark.parametrize(("wanted", "state"), [("suspected", ""), ("dropped", "done"), ("returned", "returned")])
@pytest.mark.parametrize("size", [50, 1])
def test_the_ledgers_of_dropout(same_questions, sign_in, dropouts, bureau, no1, monkeypatch, wanted, state, size):
    monkeypatch.setattr("suspensions.ledger.PAGE", size)
    sign_in(Role.BUREAU_CLERK, bureau)
    columns = {"state": state, "closed_on": clock.today(), **OFF_EVERY_DESK} if state else {"opened_on": clock.today()}
    same_questions(f"{reverse('dropout:ledger')}?list={wanted}", lambda number: dropouts(number, **columns))


def test_the_ledger_of_the_suspected_by_the_log(same_questions, sign_in, dropouts, children, bureau, no1, no2, staff):
    sign_in(Role.BUREAU_CLERK, bureau)
    registrar = staff(Role.REGISTRAR, no1)

    def away(number):
        dropouts(1)
        days = [clock.today() - timedelta(days=n) for n in range(100) if n not in range(16, 66)]
        AbsenceEntry.objects.bulk_create(
            AbsenceEntry(child=child, school_class=class_of(no1, 3), day=day, mark="truant", by=registrar)
            for child in children(number)
            for day in days
        )

    same_questions(reverse("dropout:ledger"), away)


@pytest.mark.parametrize("page", ["dropout:handovers", "dropout:months"])
def test_figures_and_files_of_dropout(same_questions, sign_in, dropouts, bureau, no1, page):
    sign_in(Role.BUREAU_CLERK, bureau)
    columns = {"state": "done", "closed_on": clock.today(), **OFF_EVERY_DESK}
    same_questions(reverse(page), lambda number: dropouts(number, **columns))


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HEADMASTER])
def test_the_sheet_of_a_class(same_questions, sign_in, children, no1, role):
    sign_in(role, no1)
    same_questions(reverse("dropout:sheet", args=[class_of(no1, 3).pk]), children)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_list_of_problem_records(same_questions, sign_in, child_at, bureau, no1, no2, monkeypatch, role):
    monkeypatch.setattr("students.views.problems.PAGE", 20)
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)

    def found(number):
        for _ in range(number):
            found_pair(child_at, no1, no2)

    same_questions(reverse("students:problems"), found)


@pytest.fixture
def answers(child_at, bureau, staff):
    """answers(children): the campaign with an entry for each, half of them confirmed with a change."""

    def make(children) -> None:
        clerk = staff(Role.BUREAU_CLERK, bureau)
        open_campaign(bureau, date(2026, 10, 15), by=clerk)
        half = CampaignEntry.objects.filter(child__in=children[::2])
        changes = {"phone": ["", "13900000000"], "household_division": ["", "211322000000"]}
        half.update(state="confirmed", changes=changes, confirmed_by=clerk, confirmed_on=clock.today())

    return make


def test_the_campaign_of_the_county(same_questions, sign_in, child_at, answers, bureau):
    sign_in(Role.BUREAU_CLERK, bureau)
    known = []

    def schools(number):
        for _ in range(number):
            known.append(make_school(bureau, 500 + len(known), f"第{500 + len(known)}小学"))
            answers([child_at(known[-1], grade=3)])

    same_questions(reverse("students:campaign"), schools)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_campaign_of_a_school(same_questions, sign_in, child_at, answers, bureau, no1, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    page = reverse("students:campaign_school", args=[no1.pk])

    def unseated_too(number):
        children = [child_at(no1, grade=1 + n % 6, name=f"样例{n}") for n in range(number)]
        Placement.objects.filter(enrolment__student__in=children[::2]).update(ends=clock.today())
        answers(children)

    same_questions(page, unseated_too)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.CLASS_TEACHER])
def test_the_campaign_of_a_class(same_questions, sign_in, children, answers, no1, role):
    user = sign_in(role, no1)
    user.appointments.filter(role=Role.CLASS_TEACHER).update(school_class=class_of(no1, 3))
    same_questions(
        reverse("students:campaign_class", args=[class_of(no1, 3).pk]), lambda number: answers(children(number))
    )


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_who_still_waits_for_a_number(same_questions, sign_in, children, bureau, no1, no2, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(reverse("students:numbering_waiting"), children)


def test_the_page_of_numbering(same_questions, sign_in, children, bureau, no1):
    sign_in(Role.BUREAU_CLERK, bureau)
    same_questions(
        reverse("students:numbering"),
        lambda number: [drafted_numbering(bureau, row_of(child)) for child in children(number)],
    )


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_notices_nobody_acted_upon(same_questions, sign_in, staff, bureau, no1, monkeypatch, role):
    clerk = staff(Role.BUREAU_CLERK, bureau)

    def late(number):
        for _ in range(number):
            case = start_placement(no1, by=clerk, **PLACED, residence_division=no1.division)
            notice = {"notice_number": f"通{case.pk}", "issued_on": date(2026, 8, 1), "valid_until": date(2026, 8, 14)}
            SchoolPlacement.objects.filter(pk=case.pk).update(state="issued", **notice)

    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(reverse("placements:overdue"), late)
    monkeypatch.setattr("transfers.placement_views.PAGE", 1)
    same_questions(reverse("placements:overdue"), late)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_roster(same_questions, sign_in, bureau, no1, role):
    user = sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    catchment(no1)
    made = []

    def missing(number):
        children = put_on_roster(bureau, *((f"样例{len(made) + n}", 1 + len(made) + n) for n in range(number)))
        made.extend(children)
        given = {"kind": "home", "on": clock.today(), "who": "李老师", "result": "外出", "by": user}
        RosterEntry.objects.bulk_create(RosterEntry(child=child, **given) for child in children)

    same_questions(reverse("students:roster"), missing)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_children_taught_at_home(same_questions, sign_in, children, bureau, no1, no2, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    SchoolClass.objects.filter(pk=class_of(no1, 3).pk).update(kind="home")
    same_questions(reverse("students:home_teaching"), children)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_who_has_not_come(same_questions, sign_in, children, staff, bureau, no1, no2, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    registrar = staff(Role.REGISTRAR, no1)

    def away(number):
        marks = {child.pk: ("absent", "电话无人接听") for child in children(number)}
        arrivals.report(class_of(no1, 3), marks, by=registrar)

    same_questions(reverse("dropout:arrivals"), away)


def test_the_sheet_of_arrivals(same_questions, sign_in, children, no1):
    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("dropout:arrival_sheet", args=[class_of(no1, 3).pk]), children)


def test_a_class_with_guests(same_questions, sign_in, child_at, bureau, no1):
    special = make_school(bureau, 51, "特殊教育学校", School.Kind.SPECIAL)

    def guests(number):
        for n in range(number):
            decided(drafted(Inclusion, child_at(special, grade=3, name=f"样例{n}"), to_class=class_of(no1, 3)))

    sign_in(Role.REGISTRAR, no1)
    same_questions(reverse("students:class", args=[class_of(no1, 3).pk]), guests)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
@pytest.mark.parametrize("page", ["reports:balance", "reports:balance_children"])
def test_the_balance_and_the_children_behind_a_figure(same_questions, sign_in, children, bureau, no1, no2, role, page):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(f"{reverse(page)}?book=chairs&side=close", children)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_page_of_the_national_system(same_questions, sign_in, children, bureau, no1, no2, role):
    sign_in(role, bureau if role == Role.BUREAU_CLERK else no1)
    same_questions(f"{reverse('students:ceims')}?school={no1.pk}", children)


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_the_register_of_prints(same_questions, sign_in, child_at, transfer, bureau, no1, no2, role):
    registrar = sign_in(Role.REGISTRAR, no2)

    def prints(number):
        for n in range(number):
            print_form(FORMS["transfer_contact"], transfer, by=registrar, address_of=str)
            sheet = enrolment_of(child_at(no2, grade=3, name=f"样例{n}"))
            print_sheet(FORMS["enrolment_proof"], sheet, by=registrar, address_of=str)

    sign_in(role, bureau if role == Role.BUREAU_CLERK else no2)
    same_questions(reverse("reports:prints"), prints)


def test_graduates_under_a_name_and_proofs(same_questions, sign_in, child_at, no1):
    sign_in(Role.REGISTRAR, no1)

    def former(number):
        for n in range(number):
            drafted(CertificateProof, graduate(child_at(no1, grade=6, name=f"样例毕{n}")), **LOST)

    same_questions(f"{reverse('students:schooling_proofs')}?q=样例", former)
