from time import monotonic

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.seeding import county


class Command(BaseCommand):
    """Loads the demo county, or with --students a county of any size. Does nothing where a county exists."""

    help = "建立演示县（无参数），或按人数建立任意规模的演示县（--students N），已有数据时什么也不做"

    def add_arguments(self, parser):
        parser.add_argument("--students", type=int, help="学生人数；不写则建立演示县")
        parser.add_argument("--schools", type=int, help="学校数（默认每校约 400 人）")

    def handle(self, *, students, schools, **_):
        if settings.PRODUCTION:
            raise CommandError("演示账号的密码是公开的，正式环境不得建立演示县。")
        if (students is not None and students < 1) or (schools is not None and schools < 1):
            raise CommandError("--students 与 --schools 应为正整数。")
        if schools and not students:
            raise CommandError("--schools 须与 --students 一起使用。")
        if county.exists():
            self.stdout.write("已有学校或教育局，未作任何改动。")
            return
        started = monotonic()
        written = county.seed_size(students, schools) if students else county.seed_demo()
        self.stdout.write(f"已建立演示县：{written}名学生，用时{monotonic() - started:.1f}秒。")
