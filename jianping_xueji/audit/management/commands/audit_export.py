import gzip

from django.core.management.base import BaseCommand

from jianping_xueji.audit.exporting import export


class Command(BaseCommand):
    help = "导出全部审计事件与封存，供另一台机器用 bin/verify_audit 核验"

    def add_arguments(self, parser):
        parser.add_argument("file", help="文件名，以 .jsonl.gz 结尾")

    def handle(self, *, file, **options):
        with gzip.open(file, "wt", encoding="utf-8", newline="\n") as out:
            events, seals = export(out)
        self.stdout.write(f"已导出事件{events}条、封存{seals}封：{file}")
