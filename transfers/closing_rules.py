"""第十一条第二款: when a school may be merged into another or closed."""

from approvals.rules import rule
from law import articles

LAW = articles.MERGED_SCHOOLS


@rule("{f.closing}已于{f.already_closed}撤并", LAW, remedy="请核对学校", kept="撤并学校在办学")
def school_is_open(f):
    return not f.already_closed


@rule("接收学校不能是撤并学校本身", LAW, remedy="请另选接收学校", kept="接收学校是另一所学校")
def receiver_is_another(f):
    return not f.same_school


@rule("{f.receiving}已于{f.receiver_closed}撤并", LAW, remedy="请另行指定接收学校", kept="接收学校在办学")
def receiver_is_open(f):
    return not f.receiver_closed


@rule("{f.receiving}不由同一教育局主管", LAW, remedy="请指定本县的学校", kept="接收学校由同一教育局主管")
def receiver_is_of_the_bureau(f):
    return not f.other_bureau


@rule(
    "{f.receiving}不设{f.untaught}，接收不了这些班级的学生",
    LAW,
    remedy="请指定设有这些年级的学校",
    kept="接收学校设有全部年级",
)
def receiver_teaches_the_grades(f):
    return f.same_school or not f.untaught


@rule("没有写明批准撤并的文件", LAW, remedy="请填写批文的名称和文号", kept="批准文件已写明")
def approval_is_named(f):
    return bool(f.document.strip())


@rule("撤并日期不能早于受理之日", LAW, remedy="请按批文填写今日或以后的日期", kept="撤并日期不早于受理之日")
def not_in_the_past(f):
    return not f.closes_on or f.closes_on >= f.on


@rule("撤并日期未到，不能提前签批", LAW, remedy="请到撤并之日再签批", timely=True, kept="签批不早于撤并日期")
def its_day_has_come(f):
    return not f.deciding or not f.closes_on or f.closes_on <= f.today


@rule("另有未办结的撤并：{f.other_closing}", LAW, remedy="请待其办结或撤回", kept="两所学校没有其他撤并在办")
def no_other_closing(f):
    return not f.other_closing


@rule(
    "{f.closing}有未办结的学籍注册批次或新生统筹：{f.open_batches}",
    articles.REGISTER_IN_A_MONTH,
    remedy="请先办结或由学校撤回该批次",
    kept="撤并学校没有未办结的注册批次",
)
def no_open_batch(f):
    return not f.open_batches


@rule(
    "有学生正在转入{f.closing}：{f.inward}",
    articles.NO_SEAT_NO_TRANSFER,
    remedy="请先办结或撤回，改向接收学校申请",
    kept="没有正在转入撤并学校的学生",
)
def nobody_is_coming(f):
    return not f.inward


@rule(
    "两校之间有未办结的转学：{f.between}",
    LAW,
    remedy="请先办结，或由接收学校撤回，学生随撤并一并移交",
    kept="两校之间没有未办结的转学",
)
def nobody_moves_between(f):
    return not f.between


RULES = (
    school_is_open,
    receiver_is_another,
    receiver_is_open,
    receiver_is_of_the_bureau,
    receiver_teaches_the_grades,
    approval_is_named,
    not_in_the_past,
    its_day_has_come,
    no_other_closing,
    no_open_batch,
    nobody_is_coming,
    nobody_moves_between,
)
