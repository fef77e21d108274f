"""第十一条第二款: a school that ends gives everything it holds in one act, and nothing is lost on the way."""

import hashlib
import json
from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from archives.custody import owed, services
from archives.custody.holdings import files_held_by, holders_of, places_of, volumes_held_by
from archives.models import Handover, SchoolCopy, Volume
from law import clock
from schools.models import FormerName
from students.models import Enrolment
from suspensions.models import Death
from tests.archives.test_paper_custody import given
from tests.changes import decided, drafted, undone
from tests.county import LEGAL_DAY, papers_in_order, staff_member, walk
from tests.suspensions.specimens import DIED
from transfers.closing_services import start_closing


def closing_of(school, receiving, on=LEGAL_DAY):
    clerk = staff_member(Role.BUREAU_CLERK, school.bureau)
    words = {"manner": "merged", "document": "建政发〔2026〕12号", "closes_on": on}
    case = start_closing(school, by=clerk, receiving=receiving, **words)
    papers_in_order(case, clerk)
    return case


def handed(case, **more):
    clerk = staff_member(Role.BUREAU_CLERK, case.lead_school.bureau)
    rows = owed.owed().filter(left_by=case.pk)
    words = {"way": "hand", "carrier": "张监交", "given_on": clock.today()} | more
    return services.give(rows, by=clerk, **words)


def received(slip, **more):
    by = staff_member(Role.REGISTRAR, slip.to_school)
    return services.receive(slip, by=by, received_on=clock.today(), receiver="王接收", **more)


def digest_of(children, volumes, boxes) -> str:
    """Everything paper of these children and volumes, wherever it is: what must be the same before and after."""
    holders = holders_of(children)
    whole = {
        "files": sorted(child for child in children if holders[child].school and not holders[child].on_way),
        "volumes": sorted(volumes),
        "boxes": sorted(boxes),
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


@pytest.fixture
def shelves(no1, child_at):
    """A school with three children, one who died, one volume; two files and the volume have their boxes."""
    registrar = staff_member(Role.REGISTRAR, no1)
    children = [child_at(no1, grade=grade, name=f"样例{grade}") for grade in (1, 3, 5)]
    late = decided(drafted(Death, child_at(no1, grade=2, name="样例亡"), **DIED)).child
    for number, child in enumerate([children[0], late]):
        services.place(child, no1, box=f"盒{number}", shelf="1柜", by=registrar)
    words = {"kind": "newcomers", "label": "2024级", "box": "册1", "shelf": "2柜"}
    volume = services.register_volume(no1, by=registrar, **words)
    return [child.pk for child in [*children, late]], volume


def test_children_files_boxes_and_books_move_in_one_act(no1, no2, shelves):
    everybody, volume = shelves
    boxes = ["盒0", "盒1", "册1"]
    before = digest_of(everybody, volumes_held_by(no1.pk), boxes)
    assert files_held_by(no1.pk) == sorted(everybody)
    case = decided(closing_of(no1, no2))
    assert owed.owed().filter(left_by=case.pk).count() == 3
    slip = handed(case)
    assert (slip.from_school, slip.to_school, slip.case_id) == (no1, no2, case.pk)
    assert slip.entries.exclude(child=None).count() == 4 and slip.entries.get(volume=volume).box == "册1"
    assert files_held_by(no1.pk) == [] == files_held_by(no2.pk), "on the way it is nobody's"
    received(slip)
    assert files_held_by(no1.pk) == [] and volumes_held_by(no1.pk) == []
    assert files_held_by(no2.pk) == sorted(everybody)
    moved = [row.box for row in slip.entries.exclude(box="")]
    assert digest_of(everybody, volumes_held_by(no2.pk), moved) == before, "nothing lost"
    former = FormerName.objects.get(school=no1)
    assert (former.name, former.code, former.successor) == (no1.name, no1.code, no2)
    assert places_of(children=everybody)["child", everybody[0]].school == no1, "where it lay once stays written down"


def test_one_file_left_behind_is_seen_by_the_digest_and_owed_again(no1, no2, shelves):
    everybody, volume = shelves
    before = digest_of(everybody, [volume.pk], [])
    case = decided(closing_of(no1, no2))
    slip = handed(case)
    lost = slip.entries.get(child=everybody[1])
    received(slip, missing=[lost.pk], discrepancy="少一份")
    assert files_held_by(no1.pk) == [everybody[1]]
    assert owed.owed().get(left_by=case.pk).student_id == everybody[1]
    assert digest_of(files_held_by(no2.pk), volumes_held_by(no2.pk), []) != before
    received(handed(case))
    assert digest_of(files_held_by(no2.pk), volumes_held_by(no2.pk), []) == before


def test_the_bureau_gives_for_a_closed_school_and_the_receiving_school_signs(no1, no2, no3, shelves):
    case = decided(closing_of(no1, no2))
    rows, words = owed.owed().filter(left_by=case.pk), {"way": "hand", "carrier": "x", "given_on": clock.today()}
    for who in (staff_member(Role.REGISTRAR, no2), staff_member(Role.REGISTRAR, no3)):
        with pytest.raises(NotYourHand):
            services.give(rows, by=who, **words)
    slip = handed(case)
    with pytest.raises(NotYourHand):
        services.receive(slip, by=slip.given_by, received_on=clock.today(), receiver="本人")
    assert received(slip)


def test_an_undone_closing_owes_nothing_and_files_are_where_they_were(no1, no2, shelves):
    everybody, _ = shelves
    case = decided(closing_of(no1, no2))
    undone(case)
    assert not owed.owed().exists() and files_held_by(no1.pk) == sorted(everybody)


def test_what_a_closed_school_still_owed_is_owed_by_its_successor(transfer, no1, no2, no3):
    case = walk(transfer)
    closing = decided(closing_of(no1, no3))
    row = owed.owed().get(left_by=case.pk)
    assert (row.giver, row.to) == (no3.pk, no2.pk)
    registrar = staff_member(Role.REGISTRAR, no3)
    words = {"way": "hand", "carrier": "x", "given_on": clock.today()}
    slip = services.give([row], by=registrar, **words)
    assert (slip.from_school, slip.given_for) == (no3, no1)
    assert closing.state == "done"


def test_a_file_on_its_way_to_a_school_merged_meanwhile_is_signed_for_by_its_successor(transfer, no1, no2, no3):
    """It neither stays on the way for ever nor keeps the closed school's other files from being handed over."""
    case = walk(transfer)
    slip = given(case)
    with clock.at(date(2026, 10, 20)):
        closing = decided(closing_of(no2, no3, on=date(2026, 10, 20)))
        left = Enrolment.objects.get(left_by=closing.pk, student=case.child)
        assert not owed.owed().filter(pk=left.pk).exists(), "what has not come in cannot be given on"
        assert owed.departures().get(pk=left.pk).running
        registrar = staff_member(Role.REGISTRAR, no3)
        assert slip in Handover.objects.visible_to(registrar) and services.signer_of(slip) == no3
        words = {"received_on": clock.today(), "receiver": "王接收"}
        with pytest.raises(NotYourHand, match="第三小学"):
            services.receive(slip, by=staff_member(Role.REGISTRAR, no1), **words)
        services.receive(slip, by=registrar, **words)
        received(handed(closing))
    assert holders_of([case.child.pk])[case.child.pk].school == no3.pk


def test_a_slip_is_cancelled_by_the_successor_of_the_school_that_gave(transfer, no1, no2, no3, client):
    slip = given(walk(transfer))
    with clock.at(date(2026, 10, 20)):
        decided(closing_of(no1, no3, on=date(2026, 10, 20)))
        assert services.may_cancel(slip, staff_member(Role.REGISTRAR, no3))
        assert not services.may_cancel(slip, staff_member(Role.REGISTRAR, no2))
        client.force_login(staff_member(Role.REGISTRAR, no3))
        page = client.get(slip.get_absolute_url()).content.decode()
        assert "作废移交单" in page and "待建平县第二小学学籍管理员签收；" in page
        printed = client.post(reverse("reports:handover_slip", args=[slip.number]))
        assert printed.headers["Content-Type"] == "application/pdf"


def test_copies_go_on_from_keeper_to_keeper(no1, no2, no3, shelves):
    decided(closing_of(no1, no2))
    with clock.at(date(2026, 10, 20)):
        decided(closing_of(no2, no3, on=date(2026, 10, 20)))
        seen = SchoolCopy.objects.visible_to(staff_member(Role.REGISTRAR, no3))
        assert seen.filter(school=no1).count() >= 3


def test_what_is_owed_to_the_school_that_took_over_is_no_debt(transfer, no1, no2):
    case = walk(transfer)
    decided(closing_of(no1, no2))
    assert not owed.owed().filter(left_by=case.pk).exists(), "giver and receiver have become one"


def test_copies_of_a_closed_school_are_kept_by_its_successor(no1, no2, no3, shelves):
    decided(closing_of(no1, no2))
    copies = SchoolCopy.objects.filter(school=no1)
    assert copies.filter(left_how="学校撤并").count() == 3, "one for every child, in one statement"
    assert copies.filter(left_how="死亡").count() == 1
    assert SchoolCopy.objects.visible_to(staff_member(Role.REGISTRAR, no2)).count() == 4
    assert not SchoolCopy.objects.visible_to(staff_member(Role.REGISTRAR, no3)).exists()


def test_a_volume_is_registered_once(no1, no3, shelves):
    words = {"kind": "newcomers", "label": "2024级", "box": "", "shelf": ""}
    with pytest.raises(Refused, match="已经登记"):
        services.register_volume(no1, by=staff_member(Role.REGISTRAR, no1), **words)
    with pytest.raises(NotYourHand):
        services.register_volume(no1, by=staff_member(Role.REGISTRAR, no3), **words | {"label": "2025级"})
    assert Volume.objects.count() == 1 and Enrolment.objects.exists()
