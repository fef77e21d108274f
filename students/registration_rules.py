"""What must hold before a batch of newly collected children may be registered (第六、八条)."""

from approvals.rules import rule
from law import articles


@rule(
    "名册中有学生已在别处建立学籍：{f.taken_names}",
    articles.NO_FALSE_RECORD,
    remedy="请撤回本批，从名册中去掉该生后重新导入；该生改按转学办理，不得重复建籍",
)
def EVERY_CHILD_NEW(facts):
    return not facts.taken


@rule(
    "起始年级编入人数超过学位：{f.crowded_names}",
    articles.NO_FALSE_RECORD,
    remedy="请撤回本批，在名册中改编班级后重新导入，或报教育局调整招生计划后再提交",
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
