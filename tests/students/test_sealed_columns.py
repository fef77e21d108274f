"""第三十七条: a phone, an address, the health of a child lie in the clear nowhere in the database."""

import base64
import json
import os
from datetime import date

import psycopg
import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from archives.custody.copies import is_whole
from archives.models import SchoolCopy
from jianping_xueji import vault
from jianping_xueji.audit import anchoring, signatures
from jianping_xueji.audit.sealing import seal_all
from jianping_xueji.vault import columns, moving
from jianping_xueji.vault.columns import ColumnCipher
from jianping_xueji.vault.fields import SealedJSON, SealedText
from jianping_xueji.vault.models import ColumnKey
from schools.models import School
from students import campaigns
from students.models import (
    CampaignEntry,
    Correction,
    DataFix,
    Difference,
    FamilyMember,
    FrozenRecord,
    RecordEntry,
    Student,
)
from students.roster import taking
from tests.changes import again, decided, drafted, undone
from tests.county import LEGAL_DAY, make_school, staff_member, walk
from tests.house.plain_text import where_it_lies
from tests.importing import imported, previewed, registered
from tests.students.agreements import agreed, lines_of
from tests.students.rosters import listed, row
from tests.students.specimens_problems import drafted_merge, found_pair
from tests.students.year_lists import assessed, graduated
from tests.workbooks import pupil, workbook

PHONE, OTHER_PHONE = "13977700001", "13977700002"
HOME, OTHER_HOME = "金丝雀路一号", "金丝雀路二号"
CANARIES = (PHONE, OTHER_PHONE, HOME, OTHER_HOME, "金丝雀路")
CANARY = {"phone": PHONE, "home_address": HOME, "mail_address": HOME, "family_address": HOME}


def kept_of(child) -> dict:
    """The row as PostgreSQL holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(s)::text FROM students_student s WHERE id = %s", [child.pk])
        return json.loads(cursor.fetchone()[0])


# ── a column ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_database_holds_a_token_and_python_reads_the_text(no1, child_at):
    child = child_at(no1, health="33", **CANARY)
    kept = kept_of(child)
    assert all(columns.is_token(kept[name]) for name in (*CANARY, "health"))
    child = again(child)
    assert (child.phone, child.mail_address, child.health) == (PHONE, HOME, "33")
    assert list(Student.objects.filter(phone=PHONE).values_list("home_address", flat=True)) == [HOME]
    assert Student.objects.filter(phone__in=[PHONE, "1"]).exists() and not Student.objects.filter(phone="1").exists()
    assert list(child.events.values_list("phone", flat=True)) == [PHONE]


def test_equal_texts_are_equal_tokens_and_empty_stays_empty(no1, child_at):
    one, other, bare = child_at(no1, **CANARY), child_at(no1, **CANARY), child_at(no1)
    assert kept_of(one)["phone"] == kept_of(other)["phone"] != kept_of(one)["home_address"]
    assert kept_of(bare)["phone"] == ""


@pytest.mark.parametrize("lookup", ["contains", "icontains", "startswith", "gt", "iexact", "regex"])
def test_only_equality_can_be_asked(lookup):
    with pytest.raises(FieldError):
        Student.objects.filter(**{f"phone__{lookup}": "139"})


def test_a_text_that_is_too_long_is_refused_as_before(no1, child_at):
    for length in (29, 30):
        child_at(no1, phone="1" * length)
    with pytest.raises(DataError):
        child_at(no1, phone="1" * 31)


def test_nobody_writes_in_the_clear(no1, child_at):
    child = child_at(no1)
    with pytest.raises(IntegrityError, match="phone_sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE students_student SET phone = %s WHERE id = %s", [PHONE, child.pk])


def test_an_altered_token_is_noticed_and_one_of_another_family_not_taken(no1, child_at):
    child = child_at(no1, **CANARY)
    token = kept_of(child)["phone"]
    at = len(token) - 6
    forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    moved = kept_of(child)["home_address"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE students_student SET phone = %s WHERE id = %s", [forged, child.pk])
    with pytest.raises(vault.VaultError):
        again(child)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE students_student SET phone = %s WHERE id = %s", [moved, child.pk])


def test_a_token_typed_by_a_person_is_only_a_text(no1, child_at):
    token = kept_of(child_at(no1, **CANARY))["phone"]
    typist = child_at(no1, native_place=token[:40], phone=token[:30])
    assert (again(typist).native_place, again(typist).phone) == (token[:40], token[:30])


def test_every_sealed_column_goes_by_a_name_that_its_copies_know():
    from django.apps import apps

    fields = [field for model in apps.get_models() for field in model._meta.local_concrete_fields]
    sealed = [field for field in fields if isinstance(field, SealedText)]
    assert len(sealed) >= 20 and {field.name for field in sealed} == set(columns.FAMILY_OF)
    assert all(columns.FAMILY_OF[field.name] == field.family for field in sealed)
    assert {f.model.__name__ for f in fields if isinstance(f, SealedJSON)} >= {"RecordEntry", "CampaignEntry"}
    left = [str(f) for f in fields if f.name in columns.FAMILY_OF and not isinstance(f, SealedText)]
    assert left == ["archives.Evaluation.health"], "the grade 身心健康 of a 综合素质评价, four letters, is not health"


# ── nowhere in the clear ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def lived(bureau, no1, no2, child_at):
    """Everything that writes or copies a phone, an address or health, by the people whose hand it is; returns what is
    read of it through the models."""

    def live() -> dict:
        return {
            "edited": corrected(child_at(no1, name="改正生", health="10", **CANARY)),
            "imported": brought_in(no1),
            "campaign": maintained(bureau, no1, child_at),
            "roster": on_the_roster(bureau),
            "agreement": compared(bureau, no2, child_at),
            "merged": one_of_two(child_at, no1, no2),
            "left": gone_elsewhere(bureau, child_at),
        }

    return live


def corrected(child) -> list:
    case = decided(drafted(Correction, child, reason_note="改", changes={"mail_address": OTHER_HOME, "health": "33"}))
    words = [after for item in case.items.all() for after in [columns.opened_as(item.field, item.after)]]
    now = again(child)
    undone(case)
    return [*words, now.mail_address, now.health, again(child).mail_address, again(child).health]


def brought_in(school) -> list:
    family = {"member1__phone": PHONE, "member1__home_address": HOME}
    registered(workbook([pupil(1, phone=PHONE, home_address=HOME, **family)]), school)
    told = {"phone": OTHER_PHONE, "home_address": OTHER_HOME}
    told |= {f"member1__{name}": value for name, value in told.items()}
    file = imported(workbook([pupil(1, **told)]), school)
    assert file.registration.state == "settled"
    entry = RecordEntry.objects.filter(case=file.registration, table="student").get()
    member = FamilyMember.objects.get(student=entry.child_id, position_in_form=1)
    same, _ = previewed(workbook([pupil(1, **told)]), school)
    assert (same.counts["unchanged"], same.counts["update"]) == (1, 0)
    return [entry.before["phone"], entry.after["phone"], entry.after["home_address"], member.phone, member.home_address]


def maintained(bureau, school, child_at) -> list:
    child = child_at(school, name="维护生", **CANARY)
    campaigns.open_campaign(bureau, date(2026, 10, 15), by=staff_member(Role.BUREAU_CLERK, bureau))
    entry = CampaignEntry.objects.get(child=child)
    told = campaigns.stored(child) | {"phone": OTHER_PHONE, "home_address": OTHER_HOME}
    entry = campaigns.confirm(entry, told, by=staff_member(Role.REGISTRAR, school))
    entry = campaigns.accept(entry, by=staff_member(Role.REGISTRAR, school, "另一名学籍管理员"))
    return [*entry.changes["phone"], *entry.changes["home_address"], again(child).phone]


def on_the_roster(bureau) -> list:
    line = {"household": HOME, "residence": OTHER_HOME, "phone": PHONE}
    (child,) = listed(bureau, row("在册儿童", 71, **line))
    (child,) = listed(bureau, row("在册儿童", 71, **line | {"phone": OTHER_PHONE}))
    assert not listed_again(bureau, row("在册儿童", 71, **line | {"phone": OTHER_PHONE}))
    return [child.household_address, child.residence, child.phone, *child.events.values_list("phone", flat=True)]


def listed_again(bureau, *rows) -> int:
    from tests.students.rosters import YEAR, workbook_of

    by = staff_member(Role.BUREAU_CLERK, bureau)
    return taking.take_in(workbook_of(*rows), "名册.xlsx", YEAR, by=by).counts["changed"]


def compared(bureau, school, child_at) -> list:
    child_at(school, name="对账生", health="10", **CANARY)
    lines = lines_of(school)
    assert agreed(lines, school=school).counts["differs"] == 0
    lines[0] |= {"phone": OTHER_PHONE, "home_address": OTHER_HOME}
    agreed(lines, school=school)
    agreed(lines, school=school)
    found = Difference.objects.filter(name="对账生").order_by("field")
    return [text for each in found for text in (each.ours, each.theirs)]


def one_of_two(child_at, no1, no2) -> list:
    gone, kept = found_pair(child_at, no1, no2)[:2]
    Student.objects.filter(pk__in=[gone.pk, kept.pk]).update(**CANARY)
    case = undone(decided(drafted_merge(again(kept), again(gone))))
    return [case.state, again(gone).phone]


def gone_elsewhere(bureau, child_at) -> list:
    junior = make_school(bureau, 41, "第一中学", School.Kind.JUNIOR)
    finals = [child_at(junior, grade=9, name="毕业生", health="33", **CANARY)]
    assessed(bureau, finals)
    graduated(junior, 9)
    frozen = FrozenRecord.objects.get(student=finals[0]).content["student"]
    return [frozen["phone"], frozen["home_address"], frozen["health"]]


READ = {
    "edited": [OTHER_HOME, "33", OTHER_HOME, "33", HOME, "10"],
    "imported": [PHONE, OTHER_PHONE, OTHER_HOME, OTHER_PHONE, OTHER_HOME],
    "campaign": [PHONE, OTHER_PHONE, HOME, OTHER_HOME, OTHER_PHONE],
    "roster": [HOME, OTHER_HOME, OTHER_PHONE, PHONE, OTHER_PHONE],
    "agreement": [HOME, OTHER_HOME, PHONE, OTHER_PHONE],
    "merged": ["undone", PHONE],
    "left": [PHONE, HOME, "33"],
}


def test_no_table_says_it_and_everybody_reads_it(lived):
    read = lived()
    assert {**read, "edited": sorted(read["edited"])} == {**READ, "edited": sorted(READ["edited"])}
    assert where_it_lies(*CANARIES) == set()


def test_the_same_scan_finds_it_with_the_cipher_off(lived, monkeypatch):
    """The control: sealing put out of work, the canaries lie in every table that the story writes."""
    monkeypatch.setattr(ColumnCipher, "_seal", lambda self, text: columns.Sealed(self._head + text))
    monkeypatch.setattr(ColumnCipher, "_open", lambda self, token: token.removeprefix(self._head))
    monkeypatch.setattr(columns, "is_token", lambda value: isinstance(value, str) and value[:1] == "~")
    columns.forget()
    try:
        lived()
        found = where_it_lies(*CANARIES)
    finally:
        columns.forget()
    assert found >= {
        "students_student.phone", "students_studentevent.home_address", "students_familymember.phone",
        "students_familymemberevent.home_address", "students_recordentry.before", "students_recordentry.after",
        "students_campaignentry.changes", "students_campaignentryevent.changes", "students_correctionitem.after",
        "students_rosterchild.residence", "students_rosterchildevent.phone", "students_difference.theirs",
        "students_difference.ours", "students_frozenrecord.content",
    }  # fmt: skip


def test_the_copy_of_a_leaver_holds_it_sealed(transfer):
    Student.objects.filter(pk=transfer.child.pk).update(health="33", **CANARY)
    walk(transfer)
    copy = SchoolCopy.objects.get(student=transfer.child.pk)
    assert (copy.content["student"]["phone"], copy.content["student"]["health"]) == (PHONE, "33")
    assert where_it_lies(*CANARIES) == set()


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_master_key_rewraps_the_column_keys_and_touches_no_value(settings, no1, child_at):
    child = child_at(no1, **CANARY)
    before, old = kept_of(child), settings.VAULT_MASTER_KEYS
    fresh = f"neu:{base64.b64encode(os.urandom(32)).decode()}"
    settings.VAULT_MASTER_KEYS = f"{fresh},{old}"
    call_command("rotate_keys", stdout=open(os.devnull, "w"))  # noqa: SIM115
    settings.VAULT_MASTER_KEYS = fresh
    after = kept_of(child)
    assert {name: after[name] for name in CANARY} == {name: before[name] for name in CANARY}
    assert again(child).phone == PHONE
    assert child_at(no1, **CANARY) and kept_of(child)["phone"] == before["phone"]


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM vault_columnkey WHERE family = 'phone'",
        "UPDATE vault_columnkey SET algorithm = 'sm'",
        "UPDATE vault_columnkey SET family = 'x' WHERE family = 'phone'",
    ],
)
def test_a_column_key_is_not_lost(act):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_the_owner_does_not_lose_one_either(owner):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("DELETE FROM vault_columnkey")


def test_a_key_is_made_of_the_algorithm_of_the_setting():
    assert set(ColumnKey.objects.values_list("family", "algorithm")) == {(name, "intl") for name in columns.FAMILIES}


def test_without_its_master_key_nothing_opens(settings, no1, child_at):
    child = child_at(no1, **CANARY)
    settings.VAULT_MASTER_KEYS = f"neu:{base64.b64encode(os.urandom(32)).decode()}"
    with pytest.raises(vault.VaultError):
        again(child)


@pytest.fixture
def sm4(monkeypatch):
    """As if the county had been migrated under VAULT_ALGORITHM=sm: its column keys are keys of SM4."""
    monkeypatch.setitem(columns.ALGORITHMS, "intl", columns.ALGORITHMS["sm"])
    columns.forget()
    yield
    columns.forget()


def test_by_sm4_and_sm3_the_county_lives_as_well(settings, sm4, lived, client, bureau, no1):
    """国密: column keys, children's keys and fingerprints; stored, read, searched, rotated."""
    settings.VAULT_ALGORITHM = "sm"
    read = lived()
    assert read["left"] == READ["left"] and where_it_lies(*CANARIES) == set()
    child = Student.objects.filter(phone=PHONE).first()
    assert kept_of(child)["phone"].startswith("~p2") and bytes(child.wrapped_key)[0] == 2
    fresh = f"neu:{base64.b64encode(os.urandom(32)).decode()}"
    settings.VAULT_MASTER_KEYS = f"{fresh},{settings.VAULT_MASTER_KEYS}"
    call_command("rotate_keys", stdout=open(os.devnull, "w"))  # noqa: SIM115
    settings.VAULT_MASTER_KEYS = fresh
    assert (again(child).phone, len(again(child).id_number.plain())) == (PHONE, 18)
    client.force_login(staff_member(Role.REGISTRAR, child.school))
    found = client.post(reverse("students:search"), {"q": again(child).id_number.plain()}, follow=True)
    assert child.slug in found.content.decode()


@pytest.mark.django_db(transaction=True)
def test_by_sm4_and_sm3_the_audit_verifies(settings, sm4, tmp_path, no1, child_at):
    settings.VAULT_ALGORITHM, settings.AUDIT_SM3, settings.AUDIT_ANCHOR_DIR = "sm", True, tmp_path
    child = child_at(no1, **CANARY)
    Student.objects.filter(pk=child.pk).update(phone=OTHER_PHONE)
    seal_all()
    anchor = anchoring.content(anchoring.drop(LEGAL_DAY))
    assert len(anchor["sm3"]) == 64 and again(child).phone == OTHER_PHONE
    call_command("verify_audit", stdout=open(os.devnull, "w"))  # noqa: SIM115


# ── rows of old ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_rows_of_before_are_sealed_in_pieces_and_their_history_says_nothing(owner, monkeypatch, no1, child_at):
    children = [child_at(no1, phone="") for _ in range(5)]
    with owner.cursor() as cursor:
        cursor.execute("ALTER TABLE students_student DROP CONSTRAINT students_student_phone_sealed")
        cursor.execute("UPDATE students_student SET phone = '1397770000' || id % 2")
    events = Student.pgh_event_model.objects.count()
    monkeypatch.setattr(moving, "PIECE", 2)

    assert moving.seal_texts(owner, "students_student", {"phone": "phone"}) == 5
    assert moving.seal_texts(owner, "students_student", {"phone": "phone"}) == 0
    assert moving.seal_texts(owner, "students_studentevent", {"phone": "phone"}, key="pgh_id") == 5
    assert {again(child).phone for child in children} == {"13977700000", "13977700001"}
    assert where_it_lies("1397770000") == set() and Student.pgh_event_model.objects.count() == events
    again(children[0]).save()  # the triggers are awake again
    Student.objects.filter(pk=children[0].pk).update(native_place="某地")
    assert Student.pgh_event_model.objects.count() == events + 1


def in_the_clear(owner, table: str, pk: int, **values) -> None:
    """The row as it was written before its columns were sealed."""
    sets = ", ".join(f"{name} = %s" for name in values)
    said = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values.values()]
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(f"UPDATE {table} SET {sets} WHERE id = %s", [*said, pk])
    owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.django_db(transaction=True)
def test_copies_of_before_are_sealed_under_their_names(owner, no1, child_at):
    child = child_at(no1, health="10", name="改正生", **CANARY)
    case = decided(drafted(Correction, child, reason_note="改", changes={"mail_address": OTHER_HOME}))
    item, entry = case.items.get(), RecordEntry.objects.get(case=case)
    in_the_clear(owner, "students_correctionitem", item.pk, before=json.dumps(HOME), after=json.dumps(OTHER_HOME))
    in_the_clear(owner, "students_recordentry", entry.pk, before=entry.before, after=entry.after)
    assert where_it_lies(*CANARIES) >= {"students_correctionitem.before", "students_recordentry.after"}
    for _ in range(2):  # met again, nothing happens to them
        moving.seal_items(owner, "students_correctionitem", ["before", "after"], "field", "jsonb")
        moving.seal_copies(owner, "students_recordentry", ["before", "after"])
    assert where_it_lies(*CANARIES) == set()
    assert (case.items.get().after, RecordEntry.objects.get(case=case).before) == (item.after, entry.before)
    assert undone(case).state == "undone" and again(child).mail_address == HOME


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("after", "written"),
    [
        ({"phone": PHONE, "name": "甲"}, 1),
        ({"mail_address": [HOME, OTHER_HOME]}, 1),
        ({"family": {"father": {"phone": PHONE}}}, 1),
        ({"family": [{"phone": PHONE}, {"phone": ""}]}, 1),
        ([{"home_address": HOME}], 1),
        ({"phone": PHONE, "family": [{"phone": OTHER_PHONE}]}, 2),
        ({"native_place": "{某地}", "starts": "2026-09-01"}, 0),
        ({"phone": ""}, 0),
    ],
)
def test_wherever_a_copy_names_it_and_nowhere_else(owner, no1, child_at, after, written):
    child = child_at(no1, name="改正生", health="10")
    case = decided(drafted(Correction, child, reason_note="改", changes={"mail_address": "别处"}))
    entry = RecordEntry.objects.get(case=case)
    in_the_clear(owner, "students_recordentry", entry.pk, after=after if isinstance(after, dict) else json.dumps(after))
    assert moving.seal_copies(owner, "students_recordentry", ["before", "after"]) == written
    assert moving.seal_copies(owner, "students_recordentry", ["before", "after"]) == 0
    assert RecordEntry.objects.get(pk=entry.pk).after == after and where_it_lies(*CANARIES) == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("forged", [False, True])
def test_the_digest_of_a_frozen_copy_follows_where_it_was_true(owner, transfer, forged):
    Student.objects.filter(pk=transfer.child.pk).update(health="33", **CANARY)
    walk(transfer)
    copy = SchoolCopy.objects.get(student=transfer.child.pk)
    in_the_clear(owner, "archives_schoolcopy", copy.pk, content=copy.content)
    digest = "repeat('f', 64)" if forged else "encode(sha256(convert_to(content::text, 'UTF8')), 'hex')"
    owner.execute("ALTER TABLE archives_schoolcopy DISABLE TRIGGER USER")
    owner.execute(f"UPDATE archives_schoolcopy SET digest = {digest}")
    owner.execute("ALTER TABLE archives_schoolcopy ENABLE TRIGGER USER")
    assert is_whole("archives_schoolcopy", copy.pk) is not forged
    assert moving.seal_copies(owner, "archives_schoolcopy", ["content"], digested="content") == 1
    assert is_whole("archives_schoolcopy", copy.pk) is not forged and where_it_lies(*CANARIES) == set()
    assert SchoolCopy.objects.get(pk=copy.pk).content == copy.content


@pytest.fixture
def fixed(transactional_db, owner, no1, child_at):
    """A data fix as it was written before: its address in the clear, its event vouching for it in the clear."""
    child, by = child_at(no1, **CANARY), staff_member(Role.DATA_ADMIN, no1.bureau)
    before, after = (json.dumps({"mail_address": text}, ensure_ascii=False) for text in (HOME, OTHER_HOME))
    row = owner.execute(
        """INSERT INTO students_datafix (model, model_name, object_id, object_name, reason, before, after, by_id,
               legal_date, fixed_at) VALUES ('students.student', '学生', %s, '改正生', '错字', %s, %s, %s, %s, now())
           RETURNING id""",
        [str(child.pk), before, after, by.pk, LEGAL_DAY],
    ).fetchone()
    assert "students_datafix.before" in where_it_lies(*CANARIES) and signatures.altered() == []
    return DataFix.objects.get(pk=row[0])


def test_a_data_fix_of_before_is_sealed_and_still_vouched_for(owner, fixed):
    assert moving.seal_copies(owner, "students_datafix", ["before", "after"]) == 1
    assert "students_datafix.before" not in where_it_lies(*CANARIES)
    assert DataFix.objects.get(pk=fixed.pk).before == {"mail_address": HOME} and signatures.altered() == []


@pytest.mark.parametrize("forgery", ["another text sealed", "another reason", "a broken token"])
def test_a_data_fix_that_says_something_else_is_found(owner, fixed, forgery):
    moving.seal_copies(owner, "students_datafix", ["before", "after"])
    token = columns.seal_text("address", "某处")
    value = {"another text sealed": token, "a broken token": f"{token[:6]}AAAA{token[10:]}"}.get(forgery)
    if value:
        in_the_clear(owner, "students_datafix", fixed.pk, after={"mail_address": value})
    else:
        in_the_clear(owner, "students_datafix", fixed.pk, reason="另一个理由")
    assert "students_datafix" in signatures.altered()[0]
