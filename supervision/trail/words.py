"""What an event is called: its page, what was changed, how it ended."""

from django.apps import apps

from jianping_xueji.audit.models import Event

PAGES = {
    "students:child": "学生页",
    "students:list": "学生名单",
    "students:search": "查找",
    "students:number": "完整号码",
    "students:change_new": "发起变动",
    "students:changes": "能否办理",
    "students:class": "班级名单",
    "students:classes": "班级与学位",
    "students:ceims_export": "全国系统导出",
    "students:check": "批量核查",
    "students:check_workbook": "批量核查结果文件",
    "approvals:workbench": "我的待办",
    "approvals:queue": "业务清单",
    "approvals:case": "业务页",
    "approvals:act": "业务办理",
    "approvals:scan": "扫描件",
    "transfers:draft": "转学填报",
    "reports:print": "打印表格",
    "reports:print_child": "打印表格",
    "reports:class_sheet": "打印名册",
    "reports:child_sheet": "打印证明",
    "reports:batch_file": "批量打印文件",
    "reports:book_workbook": "簿册文件",
    "archives:child": "学籍档案",
    "evidence:file": "证据包",
    "accounts:login": "登录",
    "accounts:logout": "退出",
    "exports:take": "对外提供取走",
    "exports:new": "对外提供申请",
    "supervision:trail_anchor": "审计锚",
    "supervision:trail_child": "留痕查询",
    "supervision:trail_files": "留痕查询",
    "supervision:trail_account": "留痕查询",
    "trail:reading_rate": "翻阅学生页过快",
}
AREAS = {
    "students": "学生与学籍",
    "approvals": "业务办理",
    "transfers": "转学",
    "placements": "选派学校",
    "closings": "学校撤并",
    "suspensions": "休学",
    "dropout": "控辍",
    "reports": "表册",
    "archives": "学籍档案",
    "custody": "档案移交",
    "evidence": "证据包",
    "intake": "新生入学",
    "agreement": "对账",
    "board": "小初对接",
    "supervision": "督办",
    "exports": "对外提供",
    "admin": "管理后台",
    "accounts": "账号",
    "jobs": "后台任务",
}
TABLES_NAMED = 4


def page_called(event: Event) -> str:
    """The page of a look; of a change, what kinds of records it touched."""
    if event.touched:
        return tables_called(event.touched)
    if event.view in PAGES:
        return PAGES[event.view]
    return AREAS.get(event.view.partition(":")[0], event.view or "未知地址")


def tables_called(touched: list[dict]) -> str:
    """学籍、学籍号等3种记录, by the names of the models."""
    known = {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}
    names = list(dict.fromkeys(known.get(touch["table"], touch["table"]) for touch in touched))
    more = f"等{len(names)}种记录" if len(names) > TABLES_NAMED else ""
    return "、".join(names[:TABLES_NAMED]) + more


def ending(event: Event) -> tuple[str, str]:
    """How it ended, as word and tone."""
    if event.kind == Event.Kind.NO_ENTRY:
        return "未能登录", "refused"
    if event.result in (403, 404):
        return ("无权" if event.result == 403 else "不在可见范围"), "refused"
    if event.result and event.result >= 400:
        return "未办成", "soon"
    return "", ""
