"""`deadlines`: what the law wants done by when, as of any day; reads only."""

import json
from datetime import date

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Appointment
from approvals.countdown.engine import Standing, check_all, standing_on
from approvals.models import Case, CeimsFiling
from law import clock
from law.deadline import Subject, declared
from schools.models import Bureau, School

# How each kind of subject is called in the answer: nothing that would name a child.
CALLED = {
    Subject.CHILD: lambda ids: (
        apps.get_model("students", "Student").objects.filter(pk__in=ids).values_list("pk", "slug")
    ),
    Subject.CASE: lambda ids: Case.objects.filter(pk__in=ids).values_list("pk", "number"),
    Subject.FILING: lambda ids: CeimsFiling.objects.filter(pk__in=ids).values_list("pk", "case__number"),
    Subject.SCHOOL: lambda ids: School.objects.filter(pk__in=ids).values_list("pk", "code"),
    Subject.BUREAU: lambda ids: Bureau.objects.filter(pk__in=ids).values_list("pk", "name"),
    Subject.APPOINTMENT: lambda ids: Appointment.objects.filter(pk__in=ids).values_list("pk", "user__username"),
}


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise CommandError(f"日期“{text}”应写成年-月-日，如 2026-10-12。") from fault


def named(standing: list[Standing]) -> dict[tuple[str, int], str]:
    """(kind, key) → what it is called; one question a kind."""
    keys: dict[str, set[int]] = {}
    for each in standing:
        keys.setdefault(each.deadline.subject, set()).add(each.subject)
    return {(kind, pk): name for kind, ids in keys.items() for pk, name in CALLED[kind](ids)}


def told(standing: list[Standing]) -> list[dict]:
    """The answer of the command, one entry an open thing."""
    names, codes = named(standing), dict(School.objects.values_list("pk", "code"))
    return [
        {
            "rule": each.deadline.code,
            "article": str(each.deadline.article),
            "title": each.deadline.title,
            "school": codes.get(each.school),
            "subject": names.get((each.deadline.subject, each.subject), str(each.subject)),
            "starts": f"{each.starts}",
            "due": f"{each.due}",
            "provisional": not each.confirmed,
            "state": each.state,
            "days_left": each.days_left,
            "unit": each.deadline.unit.label,
        }
        for each in standing
    ]


class Command(BaseCommand):
    help = "列出某日的法定期限：规则、依据、学校、对象、到期日、状态、剩余天数；只读，--check 才登记"

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=day_of, default=None, help="哪一天，如 2026-10-12；不写为法定今日")
        parser.add_argument("--school", help="学校标识码")
        parser.add_argument("--rule", help="只看一条期限")
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--check", action="store_true", help="按法定今日登记、提醒、销号（夜间检查所做的事）")

    def register(self, as_of, *, told: bool) -> None:
        """What the night does, for the legal day; `told` prints how many were opened, moved, closed."""
        if as_of and as_of != clock.today():
            raise CommandError("--check 只按法定今日登记，不能与 --as-of 同用。")
        done = check_all(clock.today())
        if told:
            self.stdout.write(json.dumps(done, ensure_ascii=False))

    def handle(self, *, as_of, school, rule, check, **options):
        if rule and rule not in declared():
            raise CommandError(f"没有“{rule}”这条期限，可选：{'、'.join(declared())}。")
        if check:
            self.register(as_of, told=bool(options["verbosity"]))
            return
        schools = None
        if school:
            schools = list(School.objects.filter(code=school).values_list("pk", flat=True))
            if not schools:
                raise CommandError(f"没有标识码为“{school}”的学校，请核对十位标识码。")
        rows = told(standing_on(as_of or clock.today(), schools, rule))
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            guessed = "（暂估）" if row["provisional"] else ""
            self.stdout.write(
                f"{row['due']}{guessed}\t{row['state']}\t{row['days_left']}\t{row['title']}\t{row['article']}"
                f"\t{row['school'] or ''}\t{row['subject']}"
            )
