"""A data administrator answers for the schools and people of his bureau, decides nothing, meets no fault."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.appointments import appoint
from accounts.deputies import deputise
from accounts.models import Appointment, Deputy, User
from accounts.roles import Role
from jianping_xueji.data_fixes.reasoned import record_fix
from jianping_xueji.data_fixes.site import site
from law import articles
from law.models import Parameter
from schools import seats
from schools.models import Bureau, Division, School, Seats
from students.models import DataFix, Look
from tests.county import LEGAL_DAY, make_school

SPAN = {"starts": LEGAL_DAY, "ends": date(2026, 10, 1), "reason": "出差"}


@pytest.fixture
def theirs(db):
    """A school under another bureau."""
    abroad = Bureau.objects.create(name="凌源市教育局", division=Division.objects.get(code="211382"))
    return make_school(abroad, 21, "凌源小学", division="211382")


@pytest.fixture
def administrator(client, staff, bureau, no1):
    user = staff(Role.DATA_ADMIN, bureau)
    client.force_login(user)
    return user


def address(model, act="changelist", *args):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{act}", args=args)


def errors_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.context["adminform"].form.errors)


def one_of_each(school, child, user, seen_by) -> list:
    """A row of every table that belongs to a school, with the deputy of its headmaster."""
    head = Appointment.objects.get(user=user)
    helper = User.objects.create(username=f"helper{school.pk}", name=f"代理{school.pk}")
    row = Seats.objects.filter(school=school).first()

    return [
        user,
        head,
        helper,
        deputise(head, helper, **SPAN),
        school,
        school.bureau,
        school.classes.first(),
        row,
        seats.grant(row, 1, article=articles.PLACEMENT, reason="统筹", on=LEGAL_DAY),
        child,
        child.id_number,
        child.enrolments.get(),
        Look.objects.create(kind="id", student=child, school=school, user=user, reason="核对", legal_date=LEGAL_DAY),
        record_fix(school, seen_by, "测试", {}, {}),
    ]


def test_nothing_of_another_bureau_is_listed_opened_or_changed(client, administrator, staff, child_at, no1, theirs):
    stranger = staff(Role.DATA_ADMIN, theirs.bureau)
    own = one_of_each(no1, child_at(no1), staff(Role.HEADMASTER, no1), administrator)
    foreign = one_of_each(theirs, child_at(theirs), staff(Role.HEADMASTER, theirs), stranger)
    for ours, other in zip(own, foreign, strict=True):
        model = type(ours)
        shown = {row.pk for row in client.get(address(model)).context["cl"].result_list}
        assert ours.pk in shown and other.pk not in shown, model
        assert client.get(address(model, "change", ours.pk)).status_code == 200, model
        assert client.get(address(model, "change", other.pk)).status_code == 302, model
    kept = foreign[0].password
    client.post(address(User, "change", foreign[0].pk), {"reason": "x", "new_password": "wild-apricot-slope"})
    foreign[0].refresh_from_db()
    assert foreign[0].password == kept


def test_somebody_who_serves_elsewhere_as_well_is_not_ours_alone(client, administrator, staff, no1, theirs):
    both = staff(Role.HEADMASTER, no1)
    assert client.get(address(User, "change", both.pk)).status_code == 200
    appoint(both, Role.HEADMASTER, theirs, starts=LEGAL_DAY)
    assert client.get(address(User, "change", both.pk)).status_code == 302


def test_choices_end_at_the_bureau(client, administrator, staff, no1, theirs):
    stranger = staff(Role.HEADMASTER, theirs)
    request = client.get(address(Appointment, "add")).wsgi_request
    for model, table in site._registry.items():
        if not table.can_add:
            continue
        form = client.get(address(model, "add")).context["adminform"].form
        for name, field in form.fields.items():
            offered = getattr(field, "queryset", None)
            if offered is not None and offered.model in site._registry:
                allowed = site._registry[offered.model].get_queryset(request)
                assert not offered.difference(allowed).exists(), (model, name)
    given = {"reason": "来文", "user": stranger.pk, "role": Role.DEPUTY_HEAD, "school": theirs.pk, "starts": LEGAL_DAY}
    told = client.post(address(Appointment, "add"), given).context["adminform"].form.errors
    assert {"user", "school"} <= set(told)
    head = Appointment.objects.get(user=stranger)
    deputy = {"reason": "出差", "user": administrator.pk, "appointment": head.pk, **SPAN}
    assert "appointment" in client.post(address(Deputy, "add"), deputy).context["adminform"].form.errors


def appointment_form(person, role, **place):
    return {"reason": "学校来文", "user": person.pk, "role": role, "starts": "2026-09-15", **place}


def test_the_administrator_gives_himself_no_office(client, administrator, staff, bureau, no1):
    given = appointment_form(administrator, Role.BUREAU_LEADER, bureau=bureau.pk)
    assert "不能任命自己" in errors_of(client.post(address(Appointment, "add"), given))
    leader = staff(Role.BUREAU_LEADER, bureau).appointments.get()
    lent = {"user": administrator.pk, "appointment": leader.pk, "starts": "2026-09-15", "ends": "2026-10-01"}
    assert "自己代理" in errors_of(client.post(address(Deputy, "add"), lent | {"reason": "出差"}))
    assert administrator.appointments.count() == 1 and not Deputy.objects.exists()


@pytest.mark.parametrize(
    ("role", "place", "more", "told"),
    [
        (Role.CLASS_TEACHER, "school", {}, "须选定班级"),
        (Role.BUREAU_CLERK, "school", {}, "不是学校的职务"),
        (Role.HEADMASTER, "bureau", {}, "不是教育局的职务"),
        (Role.HEADMASTER, "none", {}, "须且只须选一个"),
        (Role.CLASS_TEACHER, "school", {"school_class": "other"}, "不是第一小学的班级"),
    ],
)
def test_a_misfit_is_told_in_the_form(client, administrator, bureau, no1, no2, role, place, more, told):
    person = User.objects.create(username="newcomer", name="新人")
    where = {"school": {"school": no1.pk}, "bureau": {"bureau": bureau.pk}, "none": {}}[place]
    more = {name: no2.classes.first().pk for name in more}
    assert told in errors_of(client.post(address(Appointment, "add"), appointment_form(person, role, **where, **more)))


def test_an_end_before_the_beginning_is_told_in_the_form(client, administrator, staff, no1):
    head = staff(Role.HEADMASTER, no1).appointments.get()
    url = address(Appointment, "change", head.pk)
    assert "不能早于任职日期" in errors_of(client.post(url, {"reason": "调离", "ends": "2020-01-01"}))
    assert client.post(url, {"reason": "调离", "ends": "2026-09-30"}).status_code == 302
    assert "不能取消" in errors_of(client.post(url, {"reason": "调离", "ends": ""}))
    assert "不能推后" in errors_of(client.post(url, {"reason": "调离", "ends": "2026-12-30"}))


def test_a_deputy_goes_through_the_service(client, administrator, staff, no1):
    registrar = staff(Role.REGISTRAR, no1).appointments.get()
    person = User.objects.create(username="newcomer", name="新人")
    given = {"user": person.pk, "appointment": registrar.pk, "starts": "2026-09-15", "ends": "2026-10-01"}
    given["reason"] = "产假"
    assert "第三十四条" in errors_of(client.post(address(Deputy, "add"), given))
    assert client.post(address(Deputy, "add"), given | {"trained_on": "2025-08-20"}).status_code == 302
    made = Deputy.objects.get()
    assert (made.reason, made.trained_on) == ("产假", date(2025, 8, 20))
    url = address(Deputy, "change", made.pk)
    assert client.get(url).status_code == 200
    assert "只能提前结束" in errors_of(client.post(url, {"reason": "延长", "ends": "2026-12-01"}))
    assert client.post(url, {"reason": "提前返岗", "ends": "2026-09-20"}).status_code == 302
    assert DataFix.objects.filter(model="accounts.deputy").count() == 2
    assert "100字" in errors_of(client.post(address(Deputy, "add"), given | {"reason": "长" * 101}))


def test_fewer_seats_than_used_is_told_in_the_form(client, administrator, child_at, no1):
    child_at(no1, grade=3)
    row = Seats.objects.of_grade(no1, 2026, 3).get()
    url = address(Seats, "change", row.pk)
    assert "学位数不能少于" in errors_of(client.post(url, {"reason": "计划", "capacity": "0"}))


@pytest.mark.parametrize(
    ("code", "value", "fits"),
    [
        ("transfer.grade9_last_day", '"10-15"', True),
        ("transfer.grade9_last_day", '"02-29"', False),
        ("transfer.window_months", "[2, 3, 9]", True),
        ("transfer.window_months", '"3"', False),
        ("transfer.county_direct_paper", "false", True),
        ("transfer.county_direct_paper", "0", False),
        ("class.cap", "true", False),
        ("approval.stage_workdays", "61", False),
    ],
)
def test_each_parameter_is_judged_by_its_own_shape(client, administrator, code, value, fits):
    given = {
        "reason": "县里文件",
        "code": code,
        "value": value,
        "starts": "2027-09-01",
        "level": "县",
        "document": "文",
    }
    response = client.post(address(Parameter, "add"), given)
    assert response.status_code == (302 if fits else 200)
    assert fits or "value" in response.context["adminform"].form.errors


def test_overlapping_parameters_are_told_in_the_form(client, administrator):
    Parameter.objects.create(code="class.cap", value=50, starts=date(2027, 1, 1), level="县", document="文")
    given = {
        "reason": "文件",
        "code": "class.cap",
        "value": "45",
        "starts": "2027-09-01",
        "level": "县",
        "document": "文",
    }
    assert "已有取值" in errors_of(client.post(address(Parameter, "add"), given))
    assert "停用日须晚于起用日" in errors_of(
        client.post(address(Parameter, "add"), given | {"starts": "2026-09-01", "ends": "2026-01-01"})
    )


def test_what_only_the_database_notices_is_told_and_not_a_fault(client, administrator, no1, monkeypatch):
    from django.db import IntegrityError

    def at_the_same_moment(*_args, **_more):
        raise IntegrityError("duplicate key")

    monkeypatch.setattr(School, "save", at_the_same_moment)
    url = address(School, "change", no1.pk)
    form = client.get(url).context["adminform"].form
    given = {name: form[name].value() or "" for name in form.fields if form[name].value() is not False}
    response = client.post(url, given | {"short_name": "新简称", "reason": "更名"}, follow=True)
    assert response.status_code == 200
    assert "相冲突" in str(list(response.context["messages"])[0])


def test_a_new_school_belongs_to_the_administrators_bureau(client, administrator, bureau, theirs):
    form = client.get(address(School, "add")).context["adminform"].form
    assert list(form.fields["bureau"].queryset) == [bureau]
