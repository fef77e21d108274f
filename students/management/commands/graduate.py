"""`graduate --year 2026 --school CODE`: who of a school can graduate; with two people's names, graduates them."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from approvals.errors import Refused
from approvals.services import perform
from law.school_time import grade_name
from schools.models import School
from students.year import rolls, services
from students.year.calendar import finishing_grades

from .promote import hands


class Command(BaseCommand):
    help = "一所学校的毕业：--dry-run 只看谁能毕业；否则以两个账号办理（学籍管理员、学校审核人）"

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, required=True, help="结束的学年（起始年），如 2026")
        parser.add_argument("--school", required=True, help="十位学校标识码")
        parser.add_argument("--grade", type=int, help="毕业年级；不写则全部毕业年级")
        parser.add_argument("--by", action="append", default=[], help="账号；写两次：学籍管理员、学校审核人")
        parser.add_argument("--dry-run", action="store_true", help="只看结果")
        parser.add_argument("--json", action="store_true", dest="as_json", help="输出 JSON")

    def handle(self, *, year, school, grade, by, dry_run, as_json, **_):
        place = School.objects.filter(code=school).first()
        if place is None:
            raise CommandError(f"没有标识码为{school}的学校。")
        answer = {"year": year, "groups": groups(place, year)}
        if not dry_run:
            answer["graduated"] = self.carry_out(place, year, [grade] if grade else finishing_grades(place), hands(by))
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else in_words(answer))

    @transaction.atomic
    def carry_out(self, place: School, year: int, grades: list[int], people: list[User]) -> dict[str, dict]:
        """Both hands on a list of each grade, all of them or none."""
        maker, checker = people
        done = {}
        try:
            for grade in grades:
                case = services.start_graduation(place, grade, by=maker, year=year)
                case = perform(perform(case, "submit", by=maker), "approve", by=checker)
                done[str(grade)] = {"case": case.number, **case.figures}
        except Refused as refusal:
            raise CommandError("没有办理毕业：" + " ".join(refusal.sentences)) from refusal
        return done


def groups(place: School, year: int) -> list[dict]:
    """How many children of each finishing grade can graduate, and how many cannot and why."""
    return [
        {"grade": grade, "fate": fate, "children": children}
        for _, grade, fate, children in rolls.graduation_counts(year, [place.pk])
    ]


def in_words(answer: dict) -> str:
    lines = [f"{grade_name(g['grade'])}\t{rolls.words_of(g['fate'])[0]}\t{g['children']}" for g in answer["groups"]]
    lines += [
        f"{grade_name(int(grade))}已办结：{figures['case']}" for grade, figures in answer.get("graduated", {}).items()
    ]
    return "\n".join(lines) or "没有毕业年级的学生"
