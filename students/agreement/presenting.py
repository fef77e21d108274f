"""What the pages of 对账 draw: values in words, who settles a difference, which way out it has, figures and chart."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from accounts.policies import Powers, may, powers_of
from jianping_xueji import audit, vault
from law import articles, clock

from ..corrections import CORRECTED
from ..dictionary.fields import VOLATILE, by_attribute
from ..exporting import workbook
from ..exporting.services import mark_of
from ..models.child import Student
from ..models.traces import Look
from ..record import in_words
from .models import AgreementFile, Difference, Side

TONES = {Difference.State.OPEN: "soon", Difference.State.CONFIRMED: "now", Difference.State.CLOSED: "done"}
SIDE_TONES = {Side.OURS: "idle", Side.CEIMS: "now", Side.CHECK: "soon", Side.WAIT: "wait"}
CORRECTABLE = {field.attribute for field in CORRECTED}
SHEET = {
    "学校": 18, "姓名": 12, "证件号末四位": 12, "种类": 12, "栏目": 18, "本县": 24, "全国系统": 24, "原因": 16,
    "建议以谁为准": 14, "状态": 12, "业务编号": 16, "责任单位": 14,
}  # fmt: skip
MOST = 20_000


def with_words(found: Iterable[Difference], user, *, in_full: bool = False) -> list[Difference]:
    """The same differences with values, field and owner as people read them; on lists telephones are masked."""
    found, powers = list(found), powers_of(user)
    audit.saw(*(each.student_id for each in found if each.student_id))
    for each in found:
        each.tone, each.side_tone = TONES[each.state], SIDE_TONES[each.side]
        each.label = label_of(each.field)
        said = [words_of(each, text) for text in (each.ours, each.theirs)]
        each.our_words, each.their_words = (
            map(vault.mask_phone, said) if each.field == "phone" and not in_full else said
        )
        each.owner = "教育局" if each.is_bureaus else each.school.short_name
        each.case_url = each.case.get_absolute_url() if each.case and sees(powers, each) else ""
    return found


def label_of(field: str) -> str:
    return "学籍学校" if field == "school_code" else by_attribute(field).label if field else ""


def sees(powers: Powers, difference: Difference) -> bool:
    return bool(powers.on("view_school", difference.school_id))


def words_of(difference: Difference, text: str) -> str:
    """A value as it was compared → as people read it."""
    if difference.what == Difference.What.ONLY_THERE:
        return dict(Student.Status.choices).get(text, text)
    if not text or difference.field in ("school_code", "class_number", "registry_number", ""):
        return text
    if difference.field == "id_number":
        return vault.mask(text)
    field = by_attribute(difference.field)
    if field.type == "bool":
        return {"true": "是", "false": "否"}.get(text, text)
    return in_words(field, date.fromisoformat(text) if field.type == "date" else text)


def totals(found: QuerySet[Difference]) -> list[dict]:
    """Standing differences per school and kind, one question; the bureau's own come last."""
    rows = found.order_by().values("school_id", "school__short_name", "school__code")
    rows = rows.annotate(
        differs=Count("pk", filter=Q(what="differs")),
        only_here=Count("pk", filter=Q(what="only_here")),
        only_there=Count("pk", filter=Q(what="only_there")),
        confirmed=Count("pk", filter=Q(state="confirmed")),
        all=Count("pk"),
    )
    return sorted(rows, key=lambda row: (row["school_id"] is None, row["school__code"] or ""))


def fields_of(found: QuerySet[Difference]) -> list[dict]:
    """How often each field differs, most often first."""
    rows = found.filter(what="differs").order_by().values("field").annotate(all=Count("pk"))
    rows = sorted(rows, key=lambda row: -row["all"])
    return [row | {"label": label_of(row["field"])} for row in rows]


def figures_of(rows: list[dict]) -> list[dict]:
    """Each number leads to its list."""
    address = reverse("agreement:differences")
    return [
        {
            "label": str(what.label),
            "value": sum(row[what.value] for row in rows),
            "url": f"{address}?what={what.value}",
            "tone": "soon",
        }
        for what in Difference.What
    ] + [
        {
            "label": "已确认待改",
            "value": sum(row["confirmed"] for row in rows),
            "url": f"{address}?state=confirmed",
            "tone": "",
        }
    ]


def chart_of(rows: list[dict]) -> dict:
    """Standing differences per school by kind."""
    return {
        "kind": "bar",
        "unit": "项",
        "labels": [row["school__short_name"] or "教育局" for row in rows],
        "series": [{"label": str(what.label), "values": [row[what.value] for row in rows]} for what in Difference.What],
    }


def figures_of_file(file: AgreementFile) -> list[dict]:
    """What one comparison said, and what changed since the one before."""
    counts, address = file.counts, reverse("agreement:differences")
    words = [("新发现", "new", "soon"), ("比上次已消除", "closed", "done"), ("项目不同", "differs", "soon"),
             ("仅本县有", "only_here", "soon"), ("仅全国系统有", "only_there", "soon")]  # fmt: skip
    queries = {"closed": "?state=closed"} | {name: f"?what={name}" for name in ("differs", "only_here", "only_there")}
    return [
        {"label": label, "value": counts.get(name, 0), "url": address + queries.get(name, ""), "tone": tone}
        for label, name, tone in words
    ]


def ways_out(difference: Difference, user) -> list[dict]:
    """What is to be done, each with its article: a case of its own, the national system, or a look at the papers."""
    side = difference.confirmed or difference.side
    child, seen = difference.student, bool(powers_of(user).on("view_school", difference.school_id))
    if difference.case_id and not difference.confirmed:
        return [_way("全国系统办理并登记系统结果" if side == Side.OURS else "等业务办结", articles.CHANGES_IN_TIME,
                     reverse("approvals:filings") if side == Side.OURS else "")]  # fmt: skip
    if difference.what != Difference.What.DIFFERS:
        return [_of_presence(difference)]
    if side == Side.OURS:
        return [_way("请在全国系统办理基础信息变更，改为与本县一致", articles.CORRECTION, "")]
    if difference.field == "registry_number":
        return [
            _way("由教育局凭全国系统编发结果登记学籍号", articles.REGISTER_IN_A_MONTH, reverse("students:numbering"))
        ]
    if difference.field in CORRECTABLE and child and seen:
        opens = may(user, "make_change", child.school_id)
        address = reverse("students:change_new", args=[child.slug, "correction"]) + f"?difference={difference.pk}"
        filled = opens and difference.field != "id_number"
        words = "由学校核对户口簿后办理基本信息变更" + ("，进入后已按全国系统填好，仍须逐项核对" if filled else "")
        return [_way(words, articles.CORRECTION, address if opens else "", "办理基本信息变更")]
    if difference.field and by_attribute(difference.field).route == VOLATILE:
        return [_way("在动态信息维护中改正", articles.VOLATILE_FIELDS, reverse("students:campaign"))]
    return [_way("查明学生实际所在的学校和班级：须转学、调班的办理业务，全国系统有误的在全国系统改正",
                 articles.ONE_CHILD_ONE_RECORD, "")]  # fmt: skip


def _of_presence(difference: Difference) -> dict:
    if difference.what == Difference.What.ONLY_HERE:
        return _way("在全国系统查明：尚未建籍的导出名册建籍，已被转走的查明去向后办理转学",
                    articles.ONE_CHILD_ONE_RECORD, reverse("students:ceims"))  # fmt: skip
    if difference.student_id:
        return _way("本县已不在籍：在全国系统办理相应的变动", articles.CHANGES_IN_TIME, reverse("approvals:filings"))
    return _way("查明学生是否在本校就读：在校的办理转入或新生登记，不在校的在全国系统删除或转出",
                articles.NO_FALSE_RECORD, "")  # fmt: skip


def _way(words: str, article, url: str, label: str = "去办理") -> dict:
    return {"words": words, "article": str(article), "url": url, "label": label}


def lines_of(found: QuerySet[Difference], user):
    """The sheet: one line per difference, numbers by their last four."""
    for each in with_words(found, user):
        yield [
            each.school.short_name if each.school else "教育局",
            each.name,
            each.tail,
            each.get_what_display(),
            each.label,
            each.our_words,
            each.their_words,
            each.get_reason_display(),
            each.get_side_display(),
            each.get_state_display(),
            each.case.number if each.case else "",
            each.owner,
        ]


def workbook_of(found: QuerySet[Difference], user) -> bytes:
    """The differences as a workbook of text, marked and logged as a file taken out (第三十七条)."""
    rows = list(found.select_related("school", "case").order_by("school__code", "name", "pk"))
    mark, widths = mark_of(user, "与全国系统核对"), tuple(SHEET.values())
    content = workbook.written("对账差异", list(SHEET), lines_of(rows, user), mark=mark, widths=widths)
    own = {each.school_id for each in rows} - {None}
    acting = next((p.appointment.school for pk in own for p in powers_of(user).on("view_school", pk)), None)
    Look.objects.create(
        kind=Look.Kind.FILE, user=user, school=acting, reason=f"导出对账差异{len(rows)}项", legal_date=clock.today()
    )
    return content
