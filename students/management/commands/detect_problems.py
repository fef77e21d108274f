"""`detect_problems`: look for 问题学籍 over the whole county."""

import time

from django.core.management.base import BaseCommand

from students.models import Problem
from students.problems.detection import detect_county


class Command(BaseCommand):
    help = "核查全县问题学籍：证件号重复、疑似重复建籍、证件号错误、与性别生日不符；已佐证的不再报"

    def handle(self, **_):
        began = time.monotonic()
        for what, count in detect_county().items():
            self.stdout.write(f"{Problem.What(what).label}\t{count}")
        self.stdout.write(f"用时 {time.monotonic() - began:.1f} 秒")
