"""What a plan must keep: the cap, the classes and children that are there already, one plan at a time."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import rule
from law import articles

LAW = articles.INTAKE_PLAN


@dataclass(frozen=True)
class PlanFacts:
    """What the rules of a plan look at; whatever is wrong stands here in words already."""

    on: date
    year: int
    lines: int = 0
    cap: int = 0
    school_ended: str = ""
    other: str = ""
    not_its_year: str = ""
    ahead: str = ""
    untaught: str = ""
    too_large: str = ""
    too_low: str = ""
    crowded: str = ""
    not_empty: str = ""
    # Of a school's proposal: the grades whose children have entered, and the year it may plan instead.
    entered: str = ""
    next_plan: str = ""
    founded: bool = True
    unargued: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None


@rule("还没有填写任何年级的班数和班额", LAW, remedy="请至少填写一个年级", kept="计划已填写")
def plan_is_filled(f):
    return f.lines > 0


@rule("{f.school_ended}", LAW, remedy="请为接收学校编报计划", kept="学校正常办学")
def school_is_open(f):
    return not f.school_ended


@rule("{f.not_its_year}", LAW, remedy="请选择本学年或下一学年", kept="计划属于本学年或下一学年")
def year_can_be_planned(f):
    return not f.not_its_year


@rule(
    "下一学年只能预先计划起始年级（一年级、七年级），{f.ahead}的学位随升级形成",
    LAW,
    remedy="请去掉这些年级，9月1日升级后再调整",
    kept="预先计划的只有起始年级",
)
def only_entry_grades_ahead(f):
    return not f.ahead


@rule("学校不设{f.untaught}", LAW, remedy="请去掉这些年级", kept="年级都是学校设置的")
def grades_are_taught(f):
    return not f.untaught


@rule(
    "{f.too_large}，超过最大班额{f.cap}人",
    articles.NO_FALSE_RECORD,
    remedy="请增加班数、减少班额",
    kept="班额不超过最大班额",
)
def size_within_cap(f):
    return not f.too_large


@rule(
    "{f.too_low}：已用与预留的学位不能减去",
    LAW,
    remedy="计划最低可减到已用与预留之和；请调高班数或班额",
    kept="计划不低于已用与预留学位之和",
)
def not_below_what_is_taken(f):
    return not f.too_low


@rule(
    "{f.crowded}，已超过计划的班额",
    LAW,
    remedy="请调高班额，或者先由学校办理调班",
    kept="各班现有人数不超过计划班额",
)
def classes_hold_their_children(f):
    return not f.crowded


@rule(
    "{f.not_empty}：计划的班数少于已有学生的班数",
    LAW,
    remedy="请调高班数；要减少班级，先由学校把学生调入其他班，空班随计划撤销",
    kept="计划的班数不少于已有学生的班数",
)
def only_empty_classes_close(f):
    return not f.not_empty


@rule("{f.other}", LAW, remedy="请等它办结，或者撤回后再报", kept="没有其他在办的招生计划")
def one_plan_at_a_time(f):
    return not f.other


@rule(
    "{f.entered}，学校不能再申报",
    LAW,
    remedy="请报告教育局，由教育局按实际生源调整计划；{f.next_plan}",
    kept="在申报期限以内",
)
def proposed_before_children_enter(f):
    return not f.entered


@rule(
    "还没有写明核定所依据的文件",
    LAW,
    remedy="请由教育局经办在“核定计划”中填写招生方案的名称和文号",
    kept="依据文件已写明",
)
def document_is_named(f):
    return f.founded


@rule(
    "核定数与学校申报不同（{f.unargued}），还没有写明理由",
    LAW,
    remedy="请由教育局经办在“核定计划”中写明调整理由，或者退回学校修改",
    kept="调整学校申报的已写明理由",
)
def change_is_argued(f):
    return not f.unargued


RULES = (
    plan_is_filled,
    school_is_open,
    year_can_be_planned,
    only_entry_grades_ahead,
    grades_are_taught,
    size_within_cap,
    not_below_what_is_taken,
    classes_hold_their_children,
    only_empty_classes_close,
    one_plan_at_a_time,
    proposed_before_children_enter,
)
# What the bureau adds to a proposal before it signs.
AWAITED = (document_is_named, change_is_argued)
