"""`workday START +N`: the N-th working day after a day, by the county's calendar."""

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from law import workdays

MOST = 1000


class Command(BaseCommand):
    help = "某日之后第N个工作日（当日不计，含调休）：workday 2026-09-24 +10"

    def add_arguments(self, parser):
        parser.add_argument("start", help="起算日，如 2026-09-24")
        parser.add_argument("count", help="工作日数，如 +10")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, start, count, **options):
        try:
            first = date.fromisoformat(start)
        except ValueError as fault:
            raise CommandError(f"日期“{start}”应写成年-月-日，如 2026-09-24。") from fault
        number = count.removeprefix("+")
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= MOST):
            raise CommandError(f"工作日数“{count}”应为1至{MOST}的整数，如 +10。")
        due = workdays.add(first, int(number))
        if options["json"]:
            answer = {"start": f"{first}", "count": int(number), "due": f"{due.day}", "confirmed": due.confirmed}
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(f"{due.day}\t{'已确认' if due.confirmed else '暂估'}")
