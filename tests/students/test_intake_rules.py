"""第四、五条: who is old enough, whose catchment it is, and what a family outside of it needs."""

from datetime import date

import pytest

from approvals.errors import RulesBroken
from approvals.rules import judge
from approvals.services import perform
from law import clock, parameters
from law.models import Parameter
from schools.models import School
from students.intake import rules, years
from students.intake.facts import Frame
from tests.changes import hand_of
from tests.county import Role, make_school
from tests.importing import walk_batch
from tests.students.intake import asked, child_of, community, entered, mapped, newcomer, ready, registrar, searched


def facts(school, birth=date(2020, 3, 5), place=None, grade=1, **more):
    places = [place.pk if place else None, more["workplace"].pk if more.get("workplace") else None]
    frame = Frame.of(school, clock.today(), places)
    return frame.facts(name="新苗甲", birth=birth, grade=grade, community=place, **more)


@pytest.mark.parametrize(
    ("birth", "old_enough"),
    [(date(2020, 8, 30), True), (date(2020, 8, 31), True), (date(2020, 9, 1), False)],
)
def test_born_on_the_cut_off_day_is_old_enough_and_the_day_after_is_not(no1, birth, old_enough):
    """第四条: the 31st of August is included."""
    if old_enough:
        assert entered(no1, asked(birth=birth)).entries.count() == 1
        return
    with pytest.raises(RulesBroken, match="第四条.*最早可于2027年秋季入学"):
        entered(no1, asked(birth=birth))


def test_a_leap_day_is_a_birthday_like_any_other(no1):
    """2020-02-29 enters in 2026; the year's own shift of a date would not exist."""
    params = parameters.on(clock.today())
    assert years.first_year(date(2020, 2, 29), params) == 2026
    assert entered(no1, asked(birth=date(2020, 2, 29))).entries.count() == 1


def test_the_cut_off_may_fall_on_a_leap_less_year(no1):
    """An earlier cut-off is a dated parameter; the day of every year exists in every year."""
    Parameter.objects.create(
        code="intake.cutoff", value="02-28", starts=date(2026, 1, 1), level="县", document="样例文件"
    )
    assert rules.old_enough.holds(facts(no1, date(2020, 2, 28)))
    assert not rules.old_enough.holds(facts(no1, date(2020, 2, 29)))
    assert facts(no1, date(2020, 2, 29)).first_year == 2027


@pytest.mark.parametrize(("birth", "late"), [(date(2019, 8, 31), True), (date(2019, 9, 1), False)])
def test_an_over_age_child_needs_an_approval_number_and_no_more(no1, birth, late):
    assert rules.deferral_approved.holds(facts(no1, birth)) != late
    assert rules.deferral_approved.holds(facts(no1, birth, deferral_number="建教缓〔2025〕3号"))
    assert rules.old_enough.holds(facts(no1, birth))


def test_an_over_age_child_with_an_approval_is_registered_like_the_others(no1):
    case = entered(no1, asked(birth=date(2019, 5, 1)), deferral_number="建教缓〔2025〕3号")
    assert walk_batch(ready(case)).state == "done"
    assert child_of(case).status == "enrolled"


def test_without_an_approval_the_leader_decides_with_a_reason(no1):
    case = ready(entered(no1, asked(birth=date(2019, 5, 1))))
    with pytest.raises(RulesBroken, match="特批事项尚未写明理由"):
        perform(case, "hand_in", by=registrar(no1))
    from students.intake import batches

    batches.amend(child_of(case), newcomer(exception_reason="随父母在外，今年返乡"), by=registrar(no1))
    walk_batch(case, until="propose")
    with pytest.raises(RulesBroken, match="义务教育法"):
        perform(case, "register", by=hand_of(Role.BUREAU_CHECKER, no1.bureau))
    leader = hand_of(Role.BUREAU_LEADER, no1.bureau)
    assert perform(case, "grant_exception", by=leader, opinion="情况属实").state == "done"


def test_the_schools_of_the_community_take_its_children(no1, no2):
    home = mapped(no1)
    assert rules.in_catchment_or_grounded.holds(facts(no1, place=home))
    other = facts(no2, place=home)
    assert not rules.in_catchment_or_grounded.holds(other)
    finding = next(f for f in judge([rules.in_catchment_or_grounded], other).broken)
    assert "第一小学" in finding.message and finding.article == "第四条" and finding.level == "soft"
    assert rules.in_catchment_or_grounded.holds(facts(no2, place=home, grounded=True))


def test_an_unmapped_community_is_a_warning_and_no_refusal(no1):
    nowhere = community("新村", "211322101009")
    broken = judge(rules.SHOWN, facts(no1, place=nowhere, signed=True, seated=True)).broken
    assert [f.rule.code for f in broken] == ["community_is_mapped"] and broken[0].level == "warn"


def test_a_migrant_child_is_taken_by_home_or_workplace(no1, no2):
    """第五条: nothing is asked of it that others do not meet."""
    home, work = mapped(no2), mapped(no1, community("工业社区", "211322101002"))
    assert rules.in_catchment_or_grounded.holds(facts(no1, place=home, workplace=work, migrant=True))
    assert not rules.in_catchment_or_grounded.holds(facts(no1, place=home, workplace=work, migrant=False))
    assert rules.in_catchment_or_grounded.holds(facts(no2, place=home, migrant=True))


def test_private_and_special_schools_have_no_catchment(no1, bureau):
    home = mapped(no1)
    special = make_school(bureau, 9, "特殊教育学校", School.Kind.SPECIAL)
    private = make_school(bureau, 8, "民办小学")
    School.objects.filter(pk=private.pk).update(private=True)
    private.refresh_from_db()
    assert rules.in_catchment_or_grounded.holds(facts(special, place=home))
    assert rules.in_catchment_or_grounded.holds(facts(private, place=home))
    assert rules.deferral_approved.holds(facts(special, date(2016, 1, 1)))
    assert not rules.deferral_approved.holds(facts(private, date(2016, 1, 1)))


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 5, 31), 2025), (date(2026, 6, 1), 2026), (date(2027, 2, 1), 2026)]
)
def test_from_june_on_newcomers_enter_in_the_coming_september(day, year):
    assert years.intake_year(day) == year


def test_nobody_is_registered_before_the_day_of_entry(no1):
    """Entered in August, registered from 1 September on."""
    with clock.at(date(2026, 8, 20)):
        case = ready(entered(no1))
        with pytest.raises(RulesBroken, match="入学之前不能注册"):
            walk_batch(case)
    with clock.at(date(2026, 9, 1)):
        checker = hand_of(Role.BUREAU_CHECKER, no1.bureau)
        assert perform(case, "register", by=checker).state == "done"


def test_the_month_of_registration_ends_after_the_holidays(db):
    """One month from 1 September ends on 1 October, inside National Day: 8 October 2026."""
    assert years.months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert years.register_by(date(2026, 9, 1)).day == date(2026, 10, 8)


def test_documents_of_other_places_are_entered_and_counted_apart(no1):
    """第三十九条: no check digit of a citizen is asked of a passport."""
    case = entered(no1, asked("安娜", number="E12345678", id_type="A"))
    entered(no1, asked("样例港", number="H1234567", id_type="6", sequence=77))
    from students.batch import page_of

    assert page_of(case, registrar(no1))["apart"] == "港澳台学生1名，外籍学生1名"


def test_a_search_is_kept_whatever_it_found(no1, no2, child_at):
    child = child_at(no2, name="新苗甲")
    who = asked("新苗甲", child.birth_date, number=child.id_number.plain())
    found = searched(no1, who)
    assert (found.outcome, found.found, found.by) == ("found", child, registrar(no1))
    assert "第二小学" in found.said and "转学" in found.said
    assert "新苗甲" not in found.masked_name and found.number_tail == child.id_number.tail
