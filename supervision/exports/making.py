"""The file itself: marked where everybody sees it and where nobody looks, closed with a password."""

import hashlib
import io
import json
import random
import secrets

from django.db import transaction
from django.utils import timezone

from jianping_xueji import vault
from jianping_xueji.jobs import JobFailed, Run, job
from jianping_xueji.vault.files import discard, store
from students.exporting import workbook
from students.exporting.cells import Rows, class_names
from students.models import Student

from ..models import ExportFile, ExportRequest
from .columns import SCHOOL, label_of
from .services import FILE_AAD, KIND, LINK_LIVES, SECRET_AAD, NotYourHand, Refused, children_of, locked, new_code
from .services import refuse_unless_ready as gate

PASSWORD_SIGNS = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_COLUMN = "核验码"
STEP = 500


@job(KIND, label="对外提供文件")
def make(run: Run) -> None:
    """The gate is asked again when the file is made: an approval may have ended while the job waited."""
    request = ExportRequest.objects.get(pk=run.arguments["request"])
    refuse(request, run)
    code = new_code()
    children = in_secret_order(list(children_of(request)), code)
    run.progress("读取", 0, len(children))
    plain = written(request, children, code, run)
    password, token = "".join(secrets.choice(PASSWORD_SIGNS) for _ in range(12)), secrets.token_urlsafe(32)
    key = vault.new_child_key()
    kept = store(key, closed(plain, password), FILE_AAD)
    try:
        with run.commit() as result, transaction.atomic():
            request = locked(request.pk)
            refuse(request, run)
            now = timezone.now()
            ExportFile.objects.create(
                request=request,
                code=code,
                wrapped_key=key,
                name=kept.name,
                sha256=kept.sha256,
                size=kept.size,
                secret=vault.seal(key, json.dumps({"password": password, "token": token}), SECRET_AAD),
                token_digest=hashlib.sha256(token.encode()).hexdigest(),
                order=[child.pk for child in children],
                made_at=now,
                good_until=now + LINK_LIVES,
            )
            result["url"] = request.get_absolute_url()
    except BaseException:
        discard(kept.name)
        raise


def refuse(request: ExportRequest, run: Run) -> None:
    try:
        gate(request, run.job.requested_by)
    except (NotYourHand, Refused) as refusal:
        raise JobFailed(str(refusal)) from refusal


def in_secret_order(children: list[Student], code: str) -> list[Student]:
    """An order that belongs to this export alone; it survives whoever strips every other mark."""
    shuffled = sorted(children, key=lambda child: child.pk)
    random.Random(code).shuffle(shuffled)
    return shuffled


def mark_of(request: ExportRequest, code: str) -> str:
    """What stands on every page: approval, recipient, who and when, the code."""
    return (
        f"批文{request.document} 供{request.recipient}使用，不得转交 "
        f"{request.asked_by.name} {timezone.localtime():%Y-%m-%d %H:%M} 追溯码{code}"
    )


def written(request: ExportRequest, children: list[Student], code: str, run: Run | None = None) -> bytes:
    """The workbook, not closed yet: each row carries the code, header, footer and properties the whole mark."""
    mark = mark_of(request, code)
    rows = Rows(children, None, class_names(children) if "class_number" in request.fields else {})

    def lines():
        own = [field for field in request.fields if field != SCHOOL]
        for number, (child, cells) in enumerate(zip(children, rows.of(own), strict=True), start=1):
            given = dict(zip(own, cells, strict=True)) | {SCHOOL: child.school.name}
            yield [*(given[field] for field in request.fields), code]
            if run and number % STEP == 0:
                run.progress("写入", number, len(children))
        yield [mark]

    heads = [*map(label_of, request.fields), CODE_COLUMN]
    return workbook.written("学生信息", heads, lines(), mark=mark)


def closed(plain: bytes, password: str) -> bytes:
    """The workbook encrypted as Office does it (AES), so that Excel and WPS ask for the password themselves."""
    from msoffcrypto.format.ooxml import OOXMLFile  # only the worker that makes a file pays for it

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(password, out)
    return out.getvalue()
