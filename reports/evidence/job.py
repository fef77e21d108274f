"""The job that makes a pack: files as they are read, then the cover, the script and the list; all or nothing."""

from pathlib import Path

from django.urls import reverse
from django.utils import timezone

from archives.evidence import verify_pack
from archives.evidence.collecting import Scope, as_json, cited, files_of, scope_of
from archives.evidence.packing import Packer, TooLarge, keep, new_packer
from archives.evidence.services import KIND
from archives.models import EvidencePack
from jianping_xueji.jobs import JobFailed, Run, job
from jianping_xueji.vault import VaultError

from ..errors import PrintRefused
from ..forms import FORMS
from ..sheets import print_sheet
from .cover import cover_of
from .prints import prints_of

SCRIPT = Path(verify_pack.__file__)
README = """学籍证据包 {number}

cover.pdf       封面：按条款列出的决定、材料和文件散列
cases/          每件业务：签署（steps）、材料原件（papers）、学籍变动前后（changes.json）
archive/        学籍档案：各部分的记录（entries.json）和附件原件
copies/         离校、毕业存档
custody/        纸质档案移交与签收
prints.json     打印登记（打印件的 PDF 不留存，凭散列与纸面核对）
manifest.json   清单：每个文件的 SHA-256，签署链
manifest.sha256 清单本身的散列
verify_pack.py  核验：python3 verify_pack.py {number}.zip（Python 3.8 以上，不联网）；
                解压以后在这个文件夹里直接运行 python3 verify_pack.py 也可以

含个人信息，仅限“{purpose}”使用，不得外传。
"""


@job(KIND, label="制作证据包")
def make_pack(run: Run) -> None:
    """Collect, print the cover, seal. A pack that cannot be whole is not made."""
    pack = EvidencePack.objects.select_related("asked_by", "school__bureau", "child", "case").get(
        pk=run.arguments["pack"]
    )
    packer = new_packer()
    try:
        fill(run, pack, packer)
    except BaseException as fault:
        packer.parts.discard()
        raise known(fault) from fault


def known(fault: BaseException) -> BaseException:
    """What the person can understand and act upon; everything else stays what it is."""
    if isinstance(fault, VaultError):
        return JobFailed(f"有一份材料原件打不开或与登记的散列不符，不能制作证据包，请报告数据管理员（{fault}）。")
    if isinstance(fault, TooLarge):
        return JobFailed("证据包超过4 GB，请按业务分别调取。")
    if isinstance(fault, PrintRefused):
        return JobFailed(f"封面不能打印：{fault}")
    return fault


def fill(run: Run, pack: EvidencePack, packer: Packer) -> None:
    scope = scope_of(pack)
    for done, file in enumerate(files_of(scope, pack), 1):
        packer.add(file.path, file.content, **file.about)
        run.progress("装入文件", done)
    prints = prints_of(scope)
    packer.add("prints.json", as_json(prints), kind="打印登记", title=f"{len(prints)}件", article="")
    run.progress("制作封面")
    with run.commit() as result:
        add_cover(run, pack, scope, packer, prints)
        packer.add("verify_pack.py", SCRIPT.read_bytes(), kind="核验程序", title="离线核验", article="")
        words = README.format(number=pack.number, purpose=pack.purpose)
        packer.add("README.txt", words.encode(), kind="说明", title="说明", article="")
        keep(pack, packer, packer.close(manifest_of(pack, scope, packer, prints)))
        result["url"] = pack.get_absolute_url()


def add_cover(run: Run, pack: EvidencePack, scope: Scope, packer: Packer, prints: list[dict]) -> None:
    def address_of(token: str) -> str:
        return run.arguments["site"] + reverse("reports:verify", args=[token])

    sheet = cover_of(pack, scope, packer.files, prints)
    printed = print_sheet(FORMS["evidence_cover"], sheet, by=pack.asked_by, address_of=address_of)
    packer.add("cover.pdf", printed.pdf, kind="封面", title=printed.record.number, article="")


def manifest_of(pack: EvidencePack, scope: Scope, packer: Packer, prints: list[dict]) -> dict:
    """Everything of the list but the files themselves."""
    return {
        "format": verify_pack.FORMAT,
        "pack": pack.number,
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "asked_on": pack.asked_on.isoformat(),
        "made_by": f"{pack.school.name} {pack.asked_by.name}",
        "purpose": pack.purpose,
        "subject": {"title": scope.title, "cases": [case.number for case in scope.cases]},
        "articles": cited([*packer.files, *prints]),
        "prints": prints,
        "steps": scope.signatures,
        "chain_head": scope.chain_head,
    }
