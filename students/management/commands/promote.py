"""`promote --year 2026`: what the promotion of a county would do; with two people's names, does it."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from accounts.models import User
from approvals.errors import Refused
from schools.models import Bureau
from students.year import rolls, services


def hands(names: list[str]) -> list[User]:
    """Maker and checker, in this order. Raises CommandError."""
    if len(names) != 2:
        raise CommandError("须写明两个账号：--by 经办人 --by 审核人；只看结果请加 --dry-run。")
    people = {user.username: user for user in User.objects.filter(username__in=names)}
    if missing := [name for name in names if name not in people]:
        raise CommandError(f"没有账号{'、'.join(missing)}。")
    return [people[name] for name in names]


def bureau_of(code: str) -> Bureau:
    """The bureau of a division, or the only one with schools. Raises CommandError."""
    found = Bureau.objects.filter(school__isnull=False).distinct()
    found = list(found.filter(division=code) if code else found)
    if len(found) != 1:
        raise CommandError("请用 --bureau 写明教育局的行政区划代码。")
    return found[0]


class Command(BaseCommand):
    help = "全县升级：--dry-run 只预演；否则以两个账号办理（经办、审核），一次写入，全部成功或都不写"

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, required=True, help="结束的学年（起始年），如 2026")
        parser.add_argument("--bureau", default="", help="教育局的行政区划代码；只有一个教育局时可不写")
        parser.add_argument("--by", action="append", default=[], help="账号；写两次：经办人、审核人")
        parser.add_argument("--dry-run", action="store_true", help="只预演")
        parser.add_argument("--json", action="store_true", dest="as_json", help="输出 JSON")

    def handle(self, *, year, bureau, by, dry_run, as_json, **_):
        place = bureau_of(bureau)
        if dry_run:
            answer = {"year": year, "fates": services.dry_run(place, year)["fates"], "exceptions": named(place, year)}
        else:
            answer = {"year": year, **self.carry_out(place, year, *hands(by))}
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder) if as_json else in_words(answer)
        )

    def carry_out(self, place: Bureau, year: int, maker: User, checker: User) -> dict:
        """Both hands in one transaction; a run that the maker has submitted already is confirmed."""
        try:
            with transaction.atomic():
                run = services.living_run(place, year) or services.submit_run(place, year, by=maker)
                return services.promote_all(run, by=checker)
        except Refused as refusal:
            raise CommandError("没有升级：" + " ".join(refusal.sentences)) from refusal


def named(place: Bureau, year: int) -> list[dict]:
    """The exceptions by their page addresses: names of children do not belong in the output of a command."""
    return [
        {"child": each.slug, "school": each.school, "class": each.class_name, "reason": each.reason}
        for each in services.exceptions(place, year, limit=100_000)
    ]


def in_words(answer: dict) -> str:
    lines = [f"{rolls.words_of(fate)[0]}\t{count}" for fate, count in answer.get("fates", {}).items()]
    lines += [f"{e['school']}\t{e['class']}\t{e['child']}\t{e['reason']}" for e in answer.get("exceptions", [])]
    if "promoted" in answer:
        lines.append(f"已升级 {answer['promoted']} 名学生，{answer['schools']} 所学校")
    return "\n".join(lines) or "没有学生"
