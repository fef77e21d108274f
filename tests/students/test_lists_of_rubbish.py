"""Whatever a workbook holds, the pages that take a list answer in words."""

import io
from datetime import date, datetime, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from accounts.roles import Role

HEADS = {
    "assessment": ("姓名", "身份证件号", "学籍号", "考核结果", "成绩"),
    "certificate_numbers": ("姓名", "身份证件号", "学籍号", "证书编号"),
    "roster_files": (
        "姓名",
        "性别",
        "出生日期",
        "身份证件号",
        "户籍地址",
        "现住址",
        "村（社区）代码",
        "监护人",
        "联系电话",
        "备注",
    ),  # fmt: skip
    "catchment_import": ("乡镇", "村（社区）", "村（社区）代码", "小学", "初中", "学校", "学校标识码", "学段"),
    "numbering": ("姓名", "身份证件号", "原学籍号", "新学籍号", "学籍号"),
}
CELLS = [
    None, "", " ", 0, -1, 1.5, 1e300, 1e-300, True, date(2026, 9, 1), datetime(1900, 1, 1), time(3, 4), "=1+1", "男",
    "合格", "2020-02-30", "x" * 30_000, "张\u200b三", "😀", "１２３", "21132219990101001X", "²", "999999999999",
]  # fmt: skip


def workbook(heads, rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (heads, *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def files(heads):
    yield b""
    yield b"PK\x03\x04 no archive"
    yield "姓名,性别\n张三,男".encode("gb18030")
    yield workbook((), ())
    yield workbook(heads[:1], [("张三",)])
    yield workbook(heads, ())
    yield workbook((*heads, *heads), [("张三",) * len(heads) * 2])
    yield workbook(heads, [(cell,) * len(heads) for cell in CELLS])
    yield workbook(heads, [tuple(CELLS[(n + m) % len(CELLS)] for m in range(len(heads))) for n in range(len(CELLS))])


@pytest.mark.parametrize("name", HEADS)
def test_a_page_that_takes_a_list_answers_whatever_comes(client, staff, bureau, no1, name):
    client.raise_request_exception = False
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    for number, data in enumerate(files(HEADS[name])):
        given = {
            "workbook": SimpleUploadedFile("名单.xlsx", data),
            "year": "2026",
            "document": "文〔2026〕1号",
            "answered_on": "2026-09-10",
        }
        answer = client.post(reverse(f"students:{name}"), given)
        assert answer.status_code in (200, 302, 422), (name, number, answer.status_code)
