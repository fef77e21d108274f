import unicodedata

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Appointment
from law import clock
from reports.seeding import DEMO_PASSWORD
from reports.seeding.staff import STORY_LOGINS

WIDTHS = (12, 16, 8, 20)


class Command(BaseCommand):
    """Prints the demo's accounts: those of the main story, or with --all everybody."""

    help = "列出演示账号（--all 列出全部）"

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="列出全部账号")

    def handle(self, **options):
        if settings.PRODUCTION:
            raise CommandError("演示账号只在演示环境里有，正式环境没有默认账号。")
        rows = Appointment.objects.live(clock.today()).select_related("user", "school", "bureau")
        by_login = {row.user.username: row for row in rows.order_by("pk")}
        story = [login for login in STORY_LOGINS if login in by_login]
        if not by_login:
            self.stdout.write("还没有演示账号，请先执行 seed_county。")
            return
        shown = [*story, *(login for login in by_login if login not in story)] if options["all"] or not story else story
        self.stdout.write(line_of("职务", "单位", "姓名", "用户名") + "密码")
        for login in shown:
            row = by_login[login]
            self.stdout.write(line_of(row.get_role_display(), str(row.place), row.user.name, login) + DEMO_PASSWORD)
        if len(shown) < len(by_login):
            self.stdout.write(f"另有{len(by_login) - len(shown)}个账号，密码相同：demo_accounts --all")


def line_of(*cells: str) -> str:
    """Cells padded to their columns, a Chinese character counting two."""
    return "".join(cell + " " * max(1, width - columns_of(cell)) for cell, width in zip(cells, WIDTHS, strict=True))


def columns_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
