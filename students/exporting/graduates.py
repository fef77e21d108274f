"""The list of graduates for the city, which prints the 毕业证书 (第三十二条): numbers in full, one look per file."""

from django.db import transaction

from accounts.models import User
from accounts.policies import school_ids_where
from approvals.errors import NotYourHand, Refused
from law import articles, clock
from law.school_time import school_year_name
from schools.models import Bureau, School

from ..dictionary.codes import table
from ..models.certificate import Certificate
from ..models.traces import Look
from . import workbook
from .services import File, mark_of

HEADS = [
    "序号", "学校标识码", "学校", "姓名", "性别", "民族", "出生日期", "身份证件号", "学籍号", "入学年月", "毕业年月",
    "证书编号",
]  # fmt: skip
WIDTHS = (6, 13, 26, 14, 6, 10, 12, 22, 22, 10, 10, 26)


@transaction.atomic
def graduates_file(year: int, *, by: User) -> File:
    """Every child of the bureau's schools with a 毕业证书 of this year. Raises NotYourHand, Refused."""
    schools = school_ids_where(by, "bureau_make")
    if not schools:
        raise NotYourHand(f"报市印证名单由教育局经办人员导出（{articles.CERTIFICATES}）。")
    papers = Certificate.objects.standing().filter(school__in=schools, year=year, kind=Certificate.Kind.GRADUATION)
    papers = papers.select_related("student", "school").prefetch_related("student__numbers")
    rows = [row_of(n, p) for n, p in enumerate(papers.order_by("school__code", "student__name_pinyin", "pk"), 1)]
    if not rows:
        raise Refused(f"{school_year_name(year)}还没有合格的毕业生；各校办结毕业后再导出（{articles.CERTIFICATES}）。")
    mark = mark_of(by, f"{year + 1}年毕业证书报市印制")
    content = workbook.written("毕业证书名单", HEADS, rows, mark=mark, widths=WIDTHS)
    bureau = Bureau.objects.filter(pk__in=School.objects.filter(pk__in=schools).values("bureau")).first()
    reason = f"{bureau}：导出{year + 1}年毕业证书报市印制名单（{len(rows)}名）"
    Look.objects.create(kind=Look.Kind.FILE, school=None, user=by, reason=reason, legal_date=clock.today())
    return File(f"毕业证书名单 {year + 1}.xlsx", content, len(rows))


def row_of(number: int, paper: Certificate) -> list[str]:
    child = paper.student
    numbers = (child.id_number, child.registry_number)
    return [
        str(number),
        paper.school.code,
        paper.school.name,
        child.name,
        child.sex_name,
        table("mz").name_of(child.ethnicity),
        f"{child.birth_date:%Y%m%d}",
        *(held.plain() if held else "" for held in numbers),
        child.entered_month,
        f"{paper.year + 1}07",
        paper.number,
    ]
