"""The page /design/: every component with sample data, routed in DEBUG only.

Nobody in the samples exists; numbers are masked as everywhere else.
"""

from datetime import date

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

TODAY = date(2026, 9, 15)
DUE = date(2026, 9, 18)


class SampleFilter(forms.Form):
    """The filter bar of the bureau queue."""

    q = forms.CharField(
        label="姓名或编号", required=False, widget=forms.SearchInput(attrs={"placeholder": "姓名、拼音、编号"})
    )
    desk = forms.ChoiceField(
        label="现在哪一站",
        required=False,
        choices=[("", "全部"), ("out", "转出学校"), ("bureau", "教育局")],
    )
    late = forms.ChoiceField(
        label="期限", required=False, choices=[("", "全部"), ("over", "已超期"), ("soon", "3日内到期")]
    )
    mine = forms.BooleanField(label="只看轮到我的", required=False)


class SampleForm(forms.Form):
    """One field of every shape, with an error shown."""

    name = forms.CharField(label="学生姓名", help_text="与户口簿一致，少数民族姓名中的点用“·”。")
    on = forms.DateField(label="拟转学日期", widget=forms.DateInput(attrs={"type": "date"}))
    ground = forms.ChoiceField(
        label="转学理由",
        choices=[("move", "家庭住址迁移"), ("work", "父母工作调动"), ("rent", "务工随迁")],
        widget=forms.RadioSelect,
    )
    school = forms.ChoiceField(label="转入学校", choices=[("", "请选择"), ("1", "样例一小"), ("2", "样例中学")])
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    read = forms.BooleanField(label="已向家长讲明所需材料和期限")


@login_not_required
def design(request: HttpRequest) -> HttpResponse:
    """Every component once, each with data as an office would see it."""
    form = SampleForm({"name": "样例甲", "on": "2026-09-21", "ground": "move", "read": "on"})
    samples = {
        "today": TODAY,
        "due": DUE,
        "filter": SampleFilter(request.GET or {"desk": "bureau"}),
        "form": form,
    }
    return render(request, "design/index.html", samples | _frame() | _case() | _lists() | _work())


def _frame() -> dict:
    """Header, rail and place."""
    return {
        "legal_date": TODAY,
        "legal_date_is_set": True,
        "rail": [
            {"label": "我的待办", "url": "#", "icon": "inbox", "count": 12, "active": True},
            {"label": "学生", "url": "#", "icon": "people"},
            {"label": "转学", "url": "#", "icon": "transfer", "count": 5},
            {"label": "班级与学位", "url": "#", "icon": "class"},
            {"label": "数据导入", "url": "#", "icon": "upload"},
            {"label": "统计与超期", "url": "#", "icon": "chart"},
        ],
        "trail": [{"label": "样例一小", "url": "#"}, {"label": "四年级2班", "url": "#"}, {"label": "样例甲"}],
        "tabs": [
            {"label": "轮到我办", "url": "#", "active": True, "count": 12},
            {"label": "等待他人", "url": "#", "count": 8},
            {"label": "超期", "url": "#", "count": 2, "tone": "refused"},
        ],
        "figures": [
            {"label": "超期", "value": 2, "url": "#", "tone": "refused"},
            {"label": "今天到期", "value": 3, "url": "#", "tone": "soon"},
            {"label": "轮到我办", "value": 12, "url": "#"},
            {"label": "本月办结", "value": 41, "url": "#", "tone": "done"},
        ],
    }


def _hands(maker="", made=None, checker="", checked=None, said="同意") -> list[dict]:
    return [
        {"role": "经办", "name": maker, "on": made, "result": said if made else ""},
        {"role": "审核", "name": checker, "on": checked, "result": said if checked else ""},
    ]


def _case() -> dict:
    """What a case page shows."""
    return {
        "desks": _desks(),
        "refused_desks": _refused_desks(),
        "findings": _findings(),
        "first_possible": date(2026, 9, 21),
        "far_possible": date(2027, 1, 18),
        "person": _person(),
        "facts": _facts(),
        "changes": _changes(),
        "acts": _acts(),
        "events": _events(),
        **_materials(),
    }


def _person() -> dict:
    return {
        "key": "1",
        "name": "样例甲",
        "url": "#",
        "sex": "男",
        "number": "L**************0012",
        "school": "样例一小",
        "school_code": "2121000001",
        "place": "四年级2班",
        "word": "转学办理中",
        "tone": "now",
    }


def _facts() -> list[dict]:
    return [
        {"label": "业务编号", "value": "ZX-2026-000137", "copy_text": "ZX-2026-000137"},
        {"label": "转出学校", "value": "样例一小", "url": "#"},
        {"label": "转入学校", "value": "样例中心小学", "url": "#"},
        {"label": "转学理由", "value": "家庭住址迁移", "change_url": "#"},
        {"label": "系统办理日", "value": "", "missing": True},
    ]


def _changes() -> list[dict]:
    return [
        {"label": "就读学校", "old": "样例一小", "new": "样例中心小学"},
        {"label": "年级班级", "old": "四年级2班", "new": "四年级1班", "note": "到校后由转入学校编班"},
        {"label": "现住址", "old": "", "new": "样例镇样例村"},
    ]


def _acts() -> list[dict]:
    return [
        {"label": "提交转出学校核办", "dialog": "sample-send", "allowed": True, "tone": "primary"},
        {"label": "撤回转学申请", "dialog": "sample-withdraw", "allowed": True, "tone": "plain"},
        {
            "label": "办理休学",
            "allowed": False,
            "reason": "转学办结前不能同时办理休学。",
            "article": "办法第十八条",
        },
    ]


def _desks() -> list[dict]:
    return [
        {
            "name": "转入学校核办",
            "unit": "样例中心小学",
            "state": "done",
            "used": 2,
            "limit": 10,
            "signatures": _hands("经办甲", date(2026, 9, 1), "审核甲", date(2026, 9, 3)),
        },
        {
            "name": "转出学校核办",
            "unit": "样例一小",
            "state": "now",
            "used": 7,
            "limit": 10,
            "due": DUE,
            "left": 3,
            "confirmed": False,
            "signatures": _hands("经办乙", date(2026, 9, 14)),
        },
        {"name": "转出地教育局", "unit": "建平县教育局", "state": "waiting", "signatures": _hands()},
        {"name": "转入地教育局", "unit": "建平县教育局", "state": "waiting", "signatures": _hands()},
    ]


def _refused_desks() -> list[dict]:
    late = _desks()
    late[1] |= {
        "state": "refused",
        "due": None,
        "note": "退回补正：缺实际居住地证明。",
        "signatures": _hands("经办乙", date(2026, 9, 14), "审核乙", date(2026, 9, 15), "不通过"),
    }
    return late


def _findings() -> list[dict]:
    return [
        {
            "level": "red",
            "message": "四年级没有空余学位。",
            "article": "办法第十九条",
            "cure": "请转入学校申请增批学位，或另选学校。",
        },
        {
            "level": "red",
            "message": "拟转学日期不在办理时段内。",
            "article": "办法第十六条",
            "cure": "改到时段内办理。",
            "possible_from": date(2026, 9, 21),
        },
        {
            "level": "amber",
            "message": "本学年已转学一次，再次转学须经准许。",
            "article": "办法第十七条",
            "clears": "县教育局分管负责人，须写明理由",
        },
        {"level": "green", "message": "不是毕业年级。", "article": "办法第十七条"},
        {"level": "green", "message": "没有其他正在办理的业务。", "article": "办法第十八条"},
    ]


def _events() -> list[dict]:
    return [
        {
            "on": date(2026, 9, 14),
            "title": "转出学校经办同意",
            "who": "样例一小 · 经办乙",
            "article": "办法第十八条",
            "tone": "now",
        },
        {
            "on": date(2026, 9, 3),
            "title": "转入学校审核同意",
            "text": "预留四年级学位1个。",
            "who": "样例中心小学 · 审核甲",
            "tone": "done",
        },
        {
            "on": date(2026, 8, 20),
            "title": "退回补正",
            "text": "缺实际居住地证明，家长8月26日补齐。",
            "tone": "refused",
        },
        {"on": date(2023, 9, 1), "title": "一年级入学，建立学籍", "who": "样例一小", "tone": "idle"},
    ]


def _materials() -> dict:
    scan, photo = static("img/design/sample-scan.svg"), static("img/design/sample-photo.svg")
    household = {"url": scan, "thumb": scan, "name": "户口簿首页"}
    lease = {"url": photo, "thumb": photo, "name": "租房合同"}
    return {
        "scans": [household, lease],
        "materials": [
            {
                "key": "book",
                "name": "户口簿",
                "required": True,
                "state": "checked",
                "scans": [household],
                "checked_by": "经办甲 9月2日核对无误",
            },
            {
                "key": "home",
                "name": "实际居住地证明",
                "required": True,
                "state": "filed",
                "scans": [lease],
                "requirement": "房产证、租赁合同或居住证之一",
            },
            {
                "key": "work",
                "name": "务工证明",
                "required": False,
                "state": "returned",
                "reason": "没有单位公章，请盖章后重拍。",
            },
            {
                "key": "form",
                "name": "转学申请表",
                "required": True,
                "state": "missing",
                "requirement": "监护人签字，拍照即可",
            },
        ],
    }


def _lists() -> dict:
    """Rows for the tables."""
    words = [
        ("等转出学校核办", "now"),
        ("等教育局核办", "wait"),
        ("等转入学校核办", "wait"),
        ("退回补正", "soon"),
        ("草稿", "idle"),
    ]
    lefts = [(-2, True), (0, True), (3, False), (8, True), (None, True)]
    return {
        "queue": [
            {
                "number": f"ZX-2026-00{137 + n}",
                "name": f"样例{name}",
                "grade": grade,
                "outward": "样例一小",
                "inward": "样例中心小学",
                "word": words[n][0],
                "tone": words[n][1],
                "left": lefts[n][0],
                "confirmed": lefts[n][1],
            }
            for n, (name, grade) in enumerate(
                zip("甲乙丙丁戊", ["四年级", "七年级", "二年级", "五年级", "八年级"], strict=True)
            )
        ],
        "page": {"previous": "", "next": "bzE0Mg"},
        "seat_rows": [
            {"label": "四年级1班", "url": "#", "capacity": 45, "used": 41, "reserved": 2, "granted": 0, "free": 2},
            {"label": "四年级2班", "url": "#", "capacity": 47, "used": 46, "reserved": 1, "granted": 2, "free": 0},
        ],
    }


def _work() -> dict:
    """Wizard, import and chart."""
    return {
        "tasks": [
            {"label": "学生与去向", "url": "#", "state": "done", "hint": "样例甲 · 样例一小 → 样例中心小学"},
            {"label": "理由", "url": "#", "state": "done", "hint": "家庭住址迁移"},
            {"label": "材料", "url": "#", "state": "todo", "hint": "还缺转学申请表", "word": "缺1份"},
            {"label": "核对并提交", "state": "blocked", "hint": "材料交齐后可以开始"},
        ],
        "job": {
            "state": "running",
            "phase": "正在校验",
            "done": 1840,
            "total": 2512,
            "percent": 73,
            "phases": [
                {"label": "读取文件", "state": "done"},
                {"label": "校验", "state": "now"},
                {"label": "比对", "state": "wait"},
                {"label": "等待确认", "state": "wait"},
            ],
        },
        "finished_job": {"state": "done", "message": "新增 214，变更 31，无变化 2259，有误 8。"},
        "groups": _groups(),
        **_charts(),
    }


def _groups() -> list[dict]:
    return [
        {
            "label": "身份证件号被写成了数字，末尾已丢失",
            "count": 6,
            "fix": "把该列设为文本格式，重新填写 18 位号码后再上传。",
            "rows": [
                {
                    "sheet": "Sheet1",
                    "row": 18,
                    "column": "身份证件号",
                    "value": "2.11E+17",
                    "message": "无法还原，不予采用",
                }
            ],
        },
        {
            "label": "出生日期与身份证件号不一致",
            "count": 2,
            "tone": "soon",
            "rows": [
                {"sheet": "Sheet1", "row": 77, "column": "出生日期", "value": "2016-13-01", "message": "没有这一天"}
            ],
        },
    ]


def _charts() -> dict:
    return {
        "chart": {
            "kind": "line",
            "unit": "%",
            "max": 100,
            "labels": ["5月", "6月", "7月", "8月", "9月"],
            "series": [
                {"label": "学校按期", "values": [88, 92, 95, 90, 94], "urls": ["#"] * 5},
                {"label": "教育局按期", "values": [96, 97, 94, 98, 99]},
            ],
        },
        "bars": {
            "kind": "bar",
            "unit": "件",
            "labels": ["转入学校", "转出学校", "转出地局", "转入地局"],
            "series": [{"label": "在办", "values": [14, 22, 9, 6]}],
        },
    }
