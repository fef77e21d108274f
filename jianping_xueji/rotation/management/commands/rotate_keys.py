"""`rotate_keys`: bring everything under the current master key, prove it, retire the old one."""

from django.core.management.base import BaseCommand, CommandError

from jianping_xueji.jobs import Job, start
from jianping_xueji.jobs.engine import execute
from jianping_xueji.rotation.rewrapping import StillHeld, held, retire
from jianping_xueji.vault.keys import ring


class Command(BaseCommand):
    help = "更换主密钥：把每一把密钥改由 VAULT_MASTER_KEYS 的第一把封装；网站照常使用，断了再运行即接着做"

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="只看每把主密钥各封装多少；还有旧的，退出码为1")
        what.add_argument("--queue", action="store_true", help="交给任务进程去做，不在这里等")
        what.add_argument("--retire", metavar="编号", help="停用一把旧主密钥：数据库不再收由它封装的，并证明已没有")

    def handle(self, *, check, queue, retire, **options):
        if retire:
            self.retire(retire)
        elif check:
            if self.told():
                raise CommandError("还有密钥由旧的主密钥封装。")
        elif queue:
            self.stdout.write(f"已排入任务 {start('vault.rotate', {}, by=None).pk}")
        else:
            self.here()

    def here(self):
        done = start("vault.rotate", {}, by=None)
        execute(done.pk)
        done.refresh_from_db()
        if done.state != Job.State.DONE:
            raise CommandError(done.error or f"任务 {done.pk} {done.get_state_display()}，再运行一次即接着做。")
        self.stdout.write(f"改封{done.result['rewrapped']}把")
        self.told()

    def retire(self, identity):
        try:
            retire(identity)
        except StillHeld as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{identity} 已停用：没有任何密钥由它封装，数据库也不再收。可以从 VAULT_MASTER_KEYS 去掉。")

    def told(self) -> int:
        """Write how many keys each master key wraps; how many are not wrapped by the current one."""
        current, found = ring().current, held()
        for identity in sorted({*found, *ring().masters}, key=lambda name: (name != current, name)):
            tables = found.get(identity, {})
            mark = "（现用）" if identity == current else "" if identity in ring().masters else "（不在环境中）"
            self.stdout.write(f"{identity}{mark}\t{sum(tables.values())}把")
            for table, number in sorted(tables.items()):
                self.stdout.write(f"\t{table}\t{number}")
        return sum(sum(tables.values()) for identity, tables in found.items() if identity != current)
