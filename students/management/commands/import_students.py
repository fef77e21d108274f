"""`import_students FILE --school CODE`: what a workbook would do to the records, and with --commit, does it."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Appointment, User
from accounts.roles import Role
from approvals.errors import Refused
from jianping_xueji.vault import files
from law import clock
from schools.models import School
from students.importing import service
from students.importing.container import BUREAU
from students.importing.findings import Finding
from students.importing.planning import Plan, make_plan

COUNTS = {"rows": "行数", "create": "新增", "update": "变更", "unchanged": "无变化"}


class Command(BaseCommand):
    help = "导入全国学籍系统模板名册：先核对，加 --commit 才写入（学生待核，须经学校审核、教育局核办）"

    def add_arguments(self, parser):
        parser.add_argument("file", help=".xlsx 名册")
        parser.add_argument("--school", required=True, help="十位学校标识码")
        parser.add_argument("--commit", action="store_true", help="写入；不加则只核对")
        parser.add_argument("--by", default="", help="以哪个账号办理；不写则为该校在任学籍管理员")
        parser.add_argument("--only-good", action="store_true", help="有误的行不导入，其余照办")
        parser.add_argument("--json", action="store_true", dest="as_json", help="输出 JSON")

    def handle(self, *, file, school, commit, by, only_good, as_json, **_):
        place = school_of(school)
        data = content_of(file)
        parsed = service.read(data, place, limits=BUREAU)
        refusal = None
        if commit and not parsed.stopped:
            plan, refusal = self.write(parsed, data, Path(file).name, place, acting(place, by), only_good)
        else:
            plan = make_plan(parsed, place)
        self.stdout.write(json.dumps(as_answer(plan), ensure_ascii=False, indent=2) if as_json else as_table(plan))
        if refusal or (commit and parsed.stopped):
            raise CommandError("没有写入：" + (" ".join(refusal.sentences) if refusal else "名册无法导入，原因见上。"))

    def write(self, parsed, data: bytes, name: str, place: School, by: User, only_good: bool):
        """Plan and carry out in one go, warnings taken as read. Gives the plan and the refusal, if any."""
        plan = file = None
        try:
            with transaction.atomic():
                service.lock_imports()
                plan = make_plan(parsed, place)
                file = service.keep_preview(service.take_in(data, name, place, by), parsed, plan)
                service.carry_out(file, plan, by=by, accept_warnings=True, only_good=only_good)
        except Refused as refusal:
            if file:
                files.discard(file.stored_name)
            return plan or make_plan(parsed, place), refusal
        if file.registration:
            self.stderr.write(f"已建立注册批次 {file.registration.number}，现为“{file.registration.state_name}”。")
        return plan, None


def school_of(code: str) -> School:
    try:
        return School.objects.get(code=code)
    except School.DoesNotExist as error:
        raise CommandError(f"没有标识码为 {code} 的学校。") from error


def content_of(path: str) -> bytes:
    """The file, never more than the limit allows."""
    try:
        with open(path, "rb") as file:
            return file.read(BUREAU.file_bytes + 1)
    except OSError as error:
        raise CommandError(f"读不出 {path}：{error.strerror}。") from error


def acting(school: School, username: str) -> User:
    """The account named, or the school's registrar in office today."""
    if username:
        user = User.objects.filter(username=username).first()
    else:
        held = Appointment.objects.live(clock.today()).filter(school=school, role=Role.REGISTRAR)
        first = held.filter(user__is_active=True).select_related("user").order_by("pk").first()
        user = first and first.user
    if not user:
        raise CommandError(
            f"没有账号 {username}。" if username else f"{school}没有在任的学籍管理员，请用 --by 指明账号。"
        )
    return user


def as_answer(plan: Plan) -> dict:
    """Exactly the promised keys."""
    counts = plan.counts
    return {
        **{name: counts[name] for name in COUNTS},
        "errors": [as_line(each) for each in plan.errors],
        "warnings": [as_line(each) for each in plan.warnings],
    }


def as_line(finding: Finding) -> dict:
    said = finding.as_dict()
    return {name: said[name] for name in ("sheet", "row", "column", "field", "code", "message")}


def as_table(plan: Plan) -> str:
    """Counts and findings for people."""
    counts = plan.counts
    lines = ["　".join(f"{label} {counts[name]}" for name, label in COUNTS.items()) + f"　有误 {counts['error']}"]
    lines += [f"[错误] {each.text}" for each in plan.errors]
    lines += [f"[提示] {each.text}" for each in plan.warnings]
    return "\n".join(lines)
