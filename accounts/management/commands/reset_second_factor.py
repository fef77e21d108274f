from django.core.management.base import BaseCommand, CommandError

from accounts.identity import factors
from accounts.models import User
from accounts.policies import Powers
from jianping_xueji import audit


class Command(BaseCommand):
    help = "重设某人的动态口令（手机丢失）：由另一位数据管理员办理，写明原因"

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--by", required=True, help="办理的数据管理员用户名")
        parser.add_argument("--reason", required=True)

    def handle(self, *, username, by, reason, **options):
        people = {user.username: user for user in User.objects.filter(username__in=[username, by])}
        if username not in people or by not in people:
            raise CommandError("没有这个账号，请核对用户名。")
        if username == by:
            raise CommandError("不能重设自己的动态口令，请由另一位数据管理员办理。")
        if not Powers.of(people[by]).schools("fix_data"):
            raise CommandError(f"{by} 不是在任的数据管理员，不能重设他人的动态口令。")
        with audit.on_behalf(people[by].pk, f"command:reset_second_factor {reason}"):
            factors.reset(people[username])
        self.stdout.write(f"{username} 的动态口令已清除，下次登录时重新设置。")
