"""What every page needs besides its own content: legal date, menu of the user's rights, place of service."""

from dataclasses import dataclass

from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.policies import Power, Powers, powers_of
from approvals.models import Case
from law import clock
from supervision.models import Reminder

BUREAU = frozenset({"bureau_make", "bureau_check", "bureau_sign"})
DECIDES = frozenset({"make_change", "check_change", "sign_change"}) | BUREAU
SEES = frozenset({"view_school"})
SHORT = 12  # a menu of so few lines fits a small screen and is shown whole


@dataclass(frozen=True)
class Item:
    """A line of the menu, shown to whoever holds one of the rights."""

    label: str
    route: str
    icon: str
    rights: frozenset[str]
    query: str = ""
    counted: bool = False


@dataclass(frozen=True)
class Group:
    """Lines of one piece of work; the first group, everybody's daily one, needs no heading."""

    title: str
    items: tuple[Item, ...]


MENU = (
    Group(
        "",
        (
            Item("我的待办", "approvals:workbench", "inbox", DECIDES, counted=True),
            Item("学生", "students:list", "people", SEES | {"teach_class"}),
            Item("业务办理", "approvals:queue", "folder", SEES),
            Item("能否办理", "transfers:check", "search", DECIDES),
            Item("时限督办", "supervision:board", "clock", SEES),
            Item("学年日历", "supervision:year", "calendar", SEES | {"teach_class"}),
            Item("发起转学", "transfers:new", "transfer", frozenset({"make_change"})),
            Item("管理后台", "admin:index", "edit", frozenset({"fix_data"})),
        ),
    ),
    Group(
        "招生入学",
        (
            Item("适龄儿童名册", "students:roster", "people", SEES),
            Item("学区", "students:catchments", "folder", SEES | {"teach_class"}),
            Item("招生计划", "students:plans", "file", SEES),
            Item("新生入学", "intake:progress", "people", SEES),
            Item("招生分配", "students:assignment", "transfer", frozenset({"bureau_make"})),
            Item("七年级招生入学", "students:intake", "people", SEES),
            Item("小初对接", "board:county", "folder", SEES),
            Item("学籍号编发", "students:numbering", "file", frozenset({"bureau_make"})),
        ),
    ),
    Group(
        "班级与信息",
        (
            Item("班级与学位", "students:classes", "class", SEES | {"teach_class"}),
            Item("分班", "students:placings", "people", SEES),
            Item("动态信息维护", "students:campaign", "edit", SEES | {"teach_class"}),
            Item("学籍档案", "archives:county", "folder", SEES | {"teach_class"}),
            Item("学籍采集导入", "students:import", "upload", frozenset({"make_change"})),
            Item("问题学籍", "students:problems", "triangle", SEES),
            Item("疑似重复学籍", "students:duplicates", "triangle", SEES),
            Item("批量核查", "students:checks", "search", frozenset({"make_change", "bureau_make"})),
        ),
    ),
    Group(
        "考勤与控辍",
        (
            Item("班级点名", "dropout:sheets", "people", frozenset({"make_change", "check_change", "teach_class"})),
            Item("开学未到名单", "dropout:arrivals", "people", SEES | {"teach_class"}),
            Item("控辍台账", "dropout:ledger", "folder", SEES),
            Item("送教上门", "students:home_teaching", "people", SEES | {"teach_class"}),
        ),
    ),
    Group(
        "学籍变动",
        (
            Item("选派学校", "placements:new", "class", frozenset({"bureau_make"})),
            Item("未按通知书安置", "placements:overdue", "clock", BUREAU),
            Item("休学期满提醒", "suspensions:due", "clock", SEES),
            Item("中考冻结期", "students:freeze", "clock", SEES),
            Item("学校撤并", "closings:new", "transfer", frozenset({"bureau_make"})),
        ),
    ),
    Group(
        "毕业与升级",
        (
            Item("学年：毕业与升级", "students:year", "calendar", SEES),
            Item("毕业证书", "students:certificates", "file", SEES),
            Item("学习经历证明", "students:schooling_proofs", "file", SEES),
        ),
    ),
    Group(
        "督查与考核",
        (
            Item("年度考核", "supervision:scores", "folder", SEES),
            Item("学期核查", "supervision:audits", "search", SEES),
            Item("学籍投诉", "supervision:complaints", "folder", SEES),
            Item("违规情形", "supervision:breaches", "triangle", SEES),
            Item("责令改正", "supervision:orders", "file", SEES),
            Item("学籍管理员", "supervision:registrars", "people", SEES),
        ),
    ),
    Group(
        "表册与上报",
        (
            Item("学籍簿册", "reports:books", "folder", SEES),
            Item("表册打印", "reports:rosters", "printer", DECIDES),
            Item("打印登记", "reports:prints", "search", SEES),
            Item("变动平衡表", "reports:balance", "folder", SEES),
            Item("纸质档案移交", "custody:owed", "folder", SEES),
            Item("证据包", "evidence:packs", "file", DECIDES),
            Item("系统办理", "approvals:filings", "file", frozenset({"make_change", "bureau_make"})),
            Item("全国系统导出", "students:ceims", "upload", frozenset({"make_change", "bureau_make"})),
            Item("与全国系统对账", "agreement:report", "file", SEES),
        ),
    ),
    Group(
        "信息安全",
        (
            Item("对外提供", "exports:list", "upload", BUREAU | {"audit_school"}),
            Item("查看留痕", "supervision:trail", "eye", frozenset({"audit_school"})),
        ),
    ),
)


def office(request) -> dict:
    """Context processor of all pages; strangers only learn the date. Fragments of one page share one answer."""
    if not hasattr(request, "_office"):
        request._office = _office(request)
    return request._office


def _office(request) -> dict:
    context = {"legal_date": clock.today(), "legal_date_is_set": clock.is_set()}
    context["as_of"] = getattr(request, "as_of", None)
    user = getattr(request, "user", None)
    if not (user and user.is_authenticated):
        return context
    powers = powers_of(user)
    turn, unread = counts_of(user)
    return context | {
        "rail": rail_for(request, powers, turn),
        "unread": unread,
        "places": places_of(powers),
        "sign_out_url": reverse("accounts:logout"),
    }


def counts_of(user) -> tuple[int, int]:
    """How many cases lie on the user's desks, and how many reminders are unread; one question for both."""
    cases = Case.objects.on_desk_of(user).open().order_by().annotate(all=Value(1)).values("all")
    unread = Reminder.objects.unread().filter(user=user.pk).order_by().values("user")
    return (
        User.objects.filter(pk=user.pk)
        .values_list(
            Coalesce(Subquery(cases.annotate(n=Count("pk")).values("n")), 0),
            Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0),
        )
        .get()
    )


def places_of(powers: Powers) -> list[str]:
    """Where and as what the user serves today: 第一小学学籍管理员, 建平县教育局审核（代）."""
    return [served_as(power) for power in powers.appointments] or ["今日无有效任职"]


def served_as(power: Power) -> str:
    role = power.appointment.get_role_display().removeprefix("教育局")
    return f"{power.appointment.place}{role}{'（代）' if power.deputising else ''}"


def rail_for(request, powers: Powers, turn: int) -> list[dict]:
    """The menu, with the number of cases on the user's desks; the longest address that fits is the present place."""
    lines = [
        line | {"group": group.title} for group in MENU for item in group.items if (line := line_of(item, powers, turn))
    ]
    fitting = [line for line in lines if _lies_under(request.path, line)]
    here = max(fitting, key=lambda line: len(line["url"]), default=None)
    for line in lines:
        line["active"] = line is here
        line["open"] = len(lines) <= SHORT or bool(here and line["group"] == here["group"])
    return lines


def line_of(item: Item, powers: Powers, turn: int) -> dict | None:
    """One line of the menu, or None without the right (or while its page is not installed)."""
    if not any(powers.schools(right) for right in item.rights):
        return None
    try:
        url = reverse(item.route)
    except NoReverseMatch:
        return None
    return {"label": item.label, "url": url + item.query, "icon": item.icon, "count": turn if item.counted else 0}


def _lies_under(path: str, line: dict) -> bool:
    address = line["url"].partition("?")[0]
    return path == address or (address != "/" and path.startswith(address))
