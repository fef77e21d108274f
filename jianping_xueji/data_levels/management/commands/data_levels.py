"""bin/manage data_levels [--level CHILD]: every stored field with its level, for whoever classes the data."""

import csv

from django.core.management.base import BaseCommand

from jianping_xueji.data_levels.levels import Level, all_fields, level_of


class Command(BaseCommand):
    help = "列出每个存储字段的数据级别（CSV：表、字段、名称、级别）"

    def add_arguments(self, parser):
        parser.add_argument("--level", choices=Level.names, help="只列这一级")

    def handle(self, *args, **options):
        wanted = options["level"]
        lines = csv.writer(self.stdout, lineterminator="\n")
        lines.writerow(["表", "字段", "名称", "级别"])
        for field in all_fields():
            level = level_of(field)
            if wanted in (None, level.name):
                lines.writerow([field.model._meta.label, field.name, str(field.verbose_name), level.label])
