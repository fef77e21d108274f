"""What must hold before a batch of newly collected children may be registered (第四、六、八条)."""

from approvals.rules import Rule, rule
from law import articles

from .intake import rules as of_child


@rule(
    "起始年级编入人数超过学位：{f.crowded_names}",
    articles.NO_FALSE_RECORD,
    remedy="请在名册上改编班级，或请教育局调整招生计划；学区内学生学位已满的，逐名报教育局统筹",
)
def CLASS_HAS_ROOM(facts):
    return not facts.crowded


@rule(
    "本批有新采集的学生，须由学校审核、教育局核办后才能建立学籍",
    articles.REGISTER_IN_A_MONTH,
    remedy="请提交学校审核",
)
def ONLY_UPDATES(facts):
    return not facts.newcomers


def everybody(each: Rule, remedy: str = "") -> Rule:
    """A rule of one child asked of all children of a batch: its message names everybody who breaks it, and why."""

    def holds(facts):
        return not facts.words.get(each.code)

    message = "{f.words[" + each.code + "]}"
    return Rule(
        each.code, message, each.article, each.level, holds, remedy or each.remedy, kept_message=each.kept_message
    )


TOO_YOUNG = "请把未到年龄的移出本批，告知监护人最早可入学的学年"
OF_CHILDREN = tuple(everybody(each, TOO_YOUNG if each is of_child.old_enough else "") for each in of_child.OF_A_CHILD)
TO_HAND_IN = (*OF_CHILDREN, *(everybody(each) for each in of_child.OF_HANDING_IN), CLASS_HAS_ROOM)
SOFT = tuple(everybody(each) for each in of_child.SOFT)
TO_REGISTER = (*TO_HAND_IN, everybody(of_child.school_year_has_begun))
