import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from jianping_xueji.audit import anchoring, signatures
from jianping_xueji.audit.exporting import event_lines, seal_lines
from jianping_xueji.audit.verify_audit import told, verify


class Command(BaseCommand):
    help = "核验审计链：事件、封存、锚，以及签署记录与审计是否相符"

    def add_arguments(self, parser):
        parser.add_argument("--anchor", action="append", default=[], help="另存他处的锚文件；不写则用锚目录里的全部")

    def handle(self, *, anchor, **options):
        files = [Path(name) for name in anchor] or anchoring.files()
        anchors = [json.loads(file.read_text("utf-8")) for file in files]
        report = verify(seal_lines, event_lines(), anchors)
        report.faults += signatures.altered()
        self.stdout.write(told(report))
        if report.faults:
            raise CommandError("审计链核验不通过")
