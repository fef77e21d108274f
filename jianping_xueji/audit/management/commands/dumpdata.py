from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "停用：整库导出绕过书面批准（第三十七条）；备份用 bin/backup，对外提供在网页上申请"

    def add_arguments(self, parser):
        parser.add_argument("rest", nargs="*")

    def handle(self, **options):
        raise CommandError(
            "dumpdata 已停用：未经县级主管部门书面批准，学籍信息不得外提（第三十七条）。"
            "备份请用 bin/backup（加密）；向外提供请在“对外提供”申请。"
        )
