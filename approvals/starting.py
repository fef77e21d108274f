"""Where the day begins for who has no desk: a teacher, an auditor, an administrator of data."""

from django.urls import reverse

from accounts.policies import powers_of

from .kinds import by_kind

# right, page, its name in the menu, what is done there
STARTS = (
    ("teach_class", "dropout:sheets", "班级点名", "每个上课日登记一次；默认到校，只改缺勤的。"),
    ("teach_class", "dropout:arrivals", "开学未到名单", "开学当日登记谁没有到校、为什么。"),
    ("teach_class", "archives:county", "学籍档案", "本班还缺什么、哪天到期；成绩、体检、获奖等全班一次登记。"),
    ("teach_class", "students:campaign", "动态信息维护", "教育局布置以后，核对留守、随迁、住址和电话。"),
    ("teach_class", "students:list", "学生", "本班名单。"),
    ("audit_school", "supervision:trail", "查看留痕", "谁看过、改过、取走什么；封存是否及时。"),
    ("audit_school", "exports:list", "对外提供", "谁申请、谁批准、给了谁；追查泄露的名单。"),
    ("audit_school", "approvals:queue", "业务办理", "全县业务，只看不办。"),
    ("fix_data", "admin:index", "管理后台", "更正基础数据、参数、日历、账号与任职，每次先写理由。"),
)


def has_desk(user) -> bool:
    """Whether cases can come to lie before this person at all."""
    signed_by = {desk.hand.right for kind in by_kind().values() for desk in kind.DESKS.values()}
    return bool(signed_by & powers_of(user).held.keys())


def starts_of(user) -> list[dict]:
    """The pages to begin with, for `components/acts.html`; none for who has a desk, whose cases are the beginning."""
    held = {} if has_desk(user) else powers_of(user).held
    return [
        {"label": label, "url": reverse(page), "reason": what, "allowed": True}
        for right, page, label, what in STARTS
        if right in held
    ]
