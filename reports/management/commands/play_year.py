from time import monotonic

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.seeding import year as school_year
from reports.seeding.county import exists
from schools.models import Bureau


class Command(BaseCommand):
    """Lives the turn of a school year in a seeded county: results, graduation, plan, promotion, intake, board."""

    help = "让演示县过完一个学年的交替：考核、毕业、招生计划、升级、招生分配、新生注册、七年级入学、小初对接"

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, default=2026, help="结束的学年（起始年），默认 2026")

    def handle(self, *, year, **_):
        if settings.PRODUCTION:
            raise CommandError("学年演示只用于演示数据，正式环境不得运行。")
        if not exists():
            raise CommandError("还没有演示县，请先运行 seed_county。")
        started = monotonic()
        bureau = Bureau.objects.filter(school__isnull=False).order_by("pk").first()
        school_year.play(bureau, year, self.stdout.write)
        self.stdout.write(f"用时{monotonic() - started:.1f}秒。")
