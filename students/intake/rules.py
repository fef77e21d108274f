"""第四至八条: which child a school may register, and what still has to be done before it is registered."""

from approvals.rules import Level, rule
from law import articles


@rule(
    "{f.name}{f.birth:%Y年%-m月%-d日}出生，到{f.year}年入学时未满{f.age}周岁（须在{f.born_by:%Y年%-m月%-d日}以前出生，含当日）",
    articles.CATCHMENT,
    remedy="请告知监护人，最早可于{f.first_year}年秋季入学",
    kept="已满入学年龄",
)
def old_enough(f):
    return not f.enters_school or f.birth <= f.born_by


@rule(
    "{f.name}在{f.overdue_since:%Y年%-m月%-d日}以前已到入学年龄，没有填写缓学批准文号",
    articles.DEFERRED_ENTRY,
    level=Level.SOFT,
    remedy="经批准缓学的填写批准文号即可；没有批准的照常接收，写明晚入学的原因，由主管局长签批",
    kept="适龄入学，或者已有缓学批准文号",
)
def deferral_approved(f):
    late = f.enters_school and f.birth <= f.overdue_since
    return not late or f.takes_any_age or bool(f.deferral_number)


@rule(
    "{f.name}居住在{f.community}，{f.year}年学区学校为{f.catchment_schools}",
    articles.CATCHMENT,
    level=Level.SOFT,
    remedy="属于教育局统筹、招商引资的写明理由和凭据；其他请到学区学校登记，确有特殊情况的写明理由，由主管局长签批",
    kept="居住地在本校学区，或者学区外入学理由成立",
)
def in_catchment_or_grounded(f):
    return f.open_to_all or not f.enters_school or f.at_home or f.grounded or not f.mapped_to


@rule(
    "{f.name}没有填写居住地村（社区），或者该村（社区）{f.year}年尚未划定学区",
    articles.CATCHMENT,
    level=Level.WARN,
    remedy="先按实际居住地登记，同时请教育局补划学区",
    kept="居住地已划定学区",
)
def community_is_mapped(f):
    return f.open_to_all or not f.enters_school or bool(f.mapped_to)


@rule(
    "{f.name}插入{f.grade_name}而没有学籍，须先查重并写明此前没有学籍的原因",
    articles.NO_FALSE_RECORD,
    remedy="请从“新生登记”先查重；查到学籍的办理转学，确实没有的写明原因",
    kept="已查重，此前没有学籍的原因已写明",
)
def newcomer_searched_and_explained(f):
    return f.enters_school or not f.new_record or f.searched and bool(f.newcomer_reason)


@rule(
    "{f.name}在{f.lives_at}已有学籍",
    articles.NO_FALSE_RECORD,
    remedy="请把该生移出本批，改按转学办理，不得重复建籍",
    kept="没有在别处建立学籍",
)
def lives_nowhere_else(f):
    return not f.lives_at


@rule(
    "{f.name}待签：监护人尚未在《学生基本信息表》上签字",
    articles.REGISTER_COLLECT,
    remedy="请打印《学生基本信息表》交监护人核对签字后登记；一时不能签字的，用“待签的另立一批”先报其余学生",
    kept="监护人已签字",
)
def guardian_has_signed(f):
    return f.signed


@rule(
    "{f.name}还没有编班",
    articles.REGISTER_COLLECT,
    remedy="请在名册上选择班级",
    kept="已编班",
)
def has_a_class(f):
    return f.seated


@rule(
    "{f.name}的特批事项尚未写明理由",
    articles.CATCHMENT,
    remedy="请在该生登记表的“特批理由”中写明情况",
    kept="特批理由已写明或不需要",
)
def exception_is_argued(f):
    return bool(f.exception_reason) or all(each.holds(f) for each in SOFT)


@rule(
    "{f.year}年秋季{f.begins:%Y年%-m月%-d日}入学，入学之前不能注册学籍",
    articles.REGISTER_IN_A_MONTH,
    remedy="请在入学之日以后准予注册",
    kept="已到入学之日",
)
def school_year_has_begun(f):
    return not f.enters_school or f.on >= f.begins


SOFT = (deferral_approved, in_catchment_or_grounded)
# Asked when a child is entered and ever after.
OF_A_CHILD = (old_enough, lives_nowhere_else, newcomer_searched_and_explained)
# Asked when the batch is handed in, because working on the draft fulfils them.
OF_HANDING_IN = (guardian_has_signed, has_a_class, exception_is_argued)
# A child that breaks one of these is wrong in the batch; what only waits for work (signature, class) is not.
RED = frozenset(each.code for each in (*OF_A_CHILD, exception_is_argued))
# Gaps that have a column of their own in the list.
IN_COLUMNS = frozenset({guardian_has_signed.code, has_a_class.code})
# What the list of a batch shows beside each child.
SHOWN = (*OF_A_CHILD, *OF_HANDING_IN, *SOFT, community_is_mapped)
