from django.core.management.base import BaseCommand

from jianping_xueji.audit.sealing import seal_all


class Command(BaseCommand):
    help = "立即封存尚未封存的审计事件（平时每半分钟自动封存）"

    def handle(self, **options):
        self.stdout.write(f"封存{seal_all()}条")
