"""`promote` and `graduate` for operators: the same services, two names, words or JSON."""

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from law import clock
from students.models import Graduation, PromotionRun
from tests.changes import again
from tests.county import staff_member
from tests.students.year_lists import JULY

TURN = date(2027, 9, 1)


def told(*arguments) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def by(*people) -> list[str]:
    return [word for person in people for word in ("--by", person.username)]


def test_promote_tells_and_does(bureau, no1, child_at):
    child_at(no1, grade=3), child_at(no1, grade=6, name="样例六")
    with clock.at(TURN):
        answer = json.loads(told("promote", "--year", "2026", "--dry-run", "--json"))
        assert answer["fates"] == {"advances": 1, "graduating": 1}
        assert [each["reason"] for each in answer["exceptions"]] == ["毕业年级，尚未毕业"]
        assert "样例六" not in told("promote", "--year", "2026", "--dry-run"), "no names on a console"
        clerk, checker = staff_member(Role.BUREAU_CLERK, bureau), staff_member(Role.BUREAU_CHECKER, bureau)
        assert "已升级 1 名学生" in told("promote", "--year", "2026", *by(clerk, checker))
        with pytest.raises(CommandError, match="没有再次办理"):
            told("promote", "--year", "2026", *by(clerk, checker))
    assert PromotionRun.objects.get().state == "done"


@pytest.mark.parametrize("names", [[], ["one"], ["nobody", "none"]])
def test_promote_wants_two_people_it_knows(bureau, no1, names):
    arguments = [word for name in names for word in ("--by", name)]
    with clock.at(TURN), pytest.raises(CommandError, match="账号"):
        told("promote", "--year", "2026", *arguments)


def test_one_person_is_not_two(bureau, no1, child_at):
    child_at(no1, grade=3)
    clerk = staff_member(Role.BUREAU_CLERK, bureau)
    with clock.at(TURN), pytest.raises(CommandError, match="没有升级"):
        told("promote", "--year", "2026", *by(clerk, clerk))
    assert not PromotionRun.objects.exists()


def test_graduate_tells_and_does(no1, child_at):
    child = child_at(no1, grade=6)
    registrar, head = staff_member(Role.REGISTRAR, no1), staff_member(Role.HEADMASTER, no1)
    with clock.at(JULY):
        place = ("--year", "2026", "--school", no1.code)
        answer = json.loads(told("graduate", *place, "--dry-run", "--json"))
        assert answer["groups"] == [{"grade": 6, "fate": "graduates", "children": 1}]
        assert "六年级" in told("graduate", *place, *by(registrar, head))
        with pytest.raises(CommandError, match="没有可以毕业的学生"):
            told("graduate", *place, *by(registrar, head))
        with pytest.raises(CommandError, match="没有标识码"):
            told("graduate", "--year", "2026", "--school", "0000000000", "--dry-run")
    assert again(child).status == "leaver" and Graduation.objects.get().state == "done"
