import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from jianping_xueji.audit import anchoring, signatures
from jianping_xueji.audit.canonical import EVENTS, SEALS
from jianping_xueji.audit.exporting import copied
from jianping_xueji.audit.sealing import seal_all
from jianping_xueji.audit.verify_audit import told, verify


class Command(BaseCommand):
    help = "核验审计链：事件、封存、锚，以及签署记录与审计是否相符"

    def add_arguments(self, parser):
        parser.add_argument("--anchor", action="append", default=[], help="另存他处的锚文件；不写则用锚目录里的全部")

    def handle(self, *, anchor, **options):
        seal_all()
        files = [Path(name) for name in anchor] or anchoring.files()
        anchors = [json.loads(file.read_text("utf-8")) for file in files]
        # Seals are read first: an event sealed meanwhile is then one that waits.
        seals = list(copied(SEALS))
        report = verify(seals, copied(EVENTS), anchors)
        report.faults += signatures.altered()
        self.stdout.write(told(report))
        if report.faults:
            raise CommandError("审计链核验不通过")
