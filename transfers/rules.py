"""第十六、十八、十九条，一条一条写成规则：不准、不得为硬，一般应、原则上为软."""

from approvals.common_rules import exception_argued, of_level, papers_checked, papers_handed_in
from approvals.rules import Level, rule
from law import articles
from schools.divisions import Scope
from students.models import Student
from students.standing import no_open_case, no_problem_record

from .facts import MOVABLE
from .grounds import Ground


@rule(
    "转出、转入学校均不在本县",
    articles.SCOPE_OF_LAW,
    remedy="请向学校所在地教育行政部门提出",
    kept="转出或转入学校在本县",
)
def concerns_this_county(f):
    return f.from_here or f.to_here


@rule(
    "转学理由不属于准予转学的六种情形",
    articles.TRANSFER_GROUNDS,
    remedy="请按实际情况选择六种情形之一并备齐证明",
    kept="理由属于准予转学的六种情形",
)
def ground_is_listed(f):
    return f.ground in Ground.values


@rule(
    "“户籍及家庭住址迁移”须跨省、市、县，本次为{f.scope}转学，理由与范围不符",
    articles.TRANSFER_GROUNDS,
    remedy="县内住址变化请改选“跨学区迁移就近入学困难”或其他相符情形",
    kept="理由与转学范围相符",
)
def ground_fits_scope(f):
    return f.ground != Ground.HOUSEHOLD or f.scope != Scope.COUNTY


@rule(
    "{f.target.name}不设{f.grade_name}，转学不得变更年级",
    articles.SAME_GRADE,
    remedy="请选择设有{f.grade_name}的学校；小学毕业升初中按招生入学办理",
    kept="转入学校设有该年级，不变更年级",
)
def same_grade(f):
    return f.grade in f.target.grades


@rule(
    "转出、转入是同一所学校",
    articles.TRANSFER_GROUNDS,
    remedy="请核对转入学校；校内换班按调班办理",
    kept="转出、转入是两所学校",
)
def two_schools(f):
    return not f.origin.code or f.origin.code != f.target.code


@rule(
    "转出或转入学校在本县，但没有按学校选择",
    articles.TRANSFER_STAGES,
    remedy="本县学校请直接选择学校；县外学校填写其所在区划",
    kept="本县学校已按学校选择",
)
def our_schools_are_named(f):
    return not any(p.division[:6] == f.home and not p.code for p in (f.origin, f.target))


@rule(
    "学生正在休学，不能转学",
    articles.SUSPENSION_ENDS,
    remedy="请先在原学校办理复学，恢复在读后再申请",
    kept="学生没有休学",
)
def not_suspended(f):
    return f.student_state != Student.Status.SUSPENDED


@rule(
    "学生现为辍学状态，不能转学",
    articles.DROPOUT,
    remedy="请先由原学校劝返、办理返校，恢复在读后再申请",
    kept="学生没有辍学",
)
def not_dropped_out(f):
    return f.student_state != Student.Status.DROPPED_OUT


@rule("学生学籍已因死亡注销", articles.DEATH, remedy="请核对学生；注销的学籍不再办理变动", kept="学籍没有注销")
def not_deceased(f):
    return f.student_state != Student.Status.DECEASED


@rule(
    "学生现为“{f.state_name}”状态，不在本县学校就读",
    articles.CHANGES_IN_TIME,
    remedy="请核对学生现在的学籍所在学校，由该校所在地办理",
    kept="学籍在转出学校",
)
def child_is_here(f):
    told_elsewhere = {Student.Status.SUSPENDED, Student.Status.DROPPED_OUT, Student.Status.DECEASED}
    return f.student_state in MOVABLE | told_elsewhere


@rule(
    "暑期全国停止受理新的转学申请",
    articles.NATIONAL_STOP,
    remedy="请在停办期过后申请，已在办的不受影响",
    timely=True,
    kept="不在暑期停办期内",
)
def outside_national_stop(f):
    return not f.in_national_stop


@rule(
    "{f.scope}转学一般应在{f.window_months}办理",
    articles.TRANSFER_WINDOW,
    remedy="请在受理月份申请；确有特殊情况的，写明理由由主管局长签批",
    level=Level.SOFT,
    timely=True,
    kept="在受理月份内，或属即有即办",
)
def inside_window(f):
    bound = f.scope in (Scope.COUNTY, Scope.CITY)
    return not bound or f.on.month in f.params["transfer.window_months"]


@rule(
    "9月30日以后不再受理县域内九年级学生转学",
    articles.TRANSFER_LIMITS,
    remedy="请在原学校完成学业；回原籍参加中考的凭户籍等证明办理",
    timely=True,
    kept="不涉及九年级县域内限制",
)
def grade_nine_in_county(f):
    return not (f.in_county and f.grade == 9 and f.after_grade_nine_deadline and not f.return_home)


@rule(
    "9月30日以后九年级学生转往县外",
    articles.TRANSFER_LIMITS,
    remedy="须写明理由由主管局长签批；回原籍参加中考的凭证明办理",
    level=Level.SOFT,
    timely=True,
    kept="不涉及九年级转往县外的限制",
)
def grade_nine_outward(f):
    return not (f.outward and f.grade == 9 and f.after_grade_nine_deadline and not f.return_home)


@rule(
    "县直中小学之间原则上不能转学",
    articles.TRANSFER_LIMITS,
    remedy="确有特殊情况的，写明理由由主管局长签批",
    level=Level.SOFT,
    kept="不属于县直学校之间转学",
)
def not_between_county_direct(f):
    return not (f.origin.county_direct and f.target.county_direct)


@rule(
    "县直初中七年级新生第一学期不准转学",
    articles.TRANSFER_LIMITS,
    remedy="请在第二学期受理月份申请",
    timely=True,
    kept="不涉及县直七年级新生限制",
)
def newcomer_stays_in_county(f):
    return not (f.in_county and f.origin.county_direct and f.grade == 7 and f.in_first_term)


@rule(
    "县直初中七年级新生第一学期转往县外",
    articles.TRANSFER_LIMITS,
    remedy="须写明理由由主管局长签批",
    level=Level.SOFT,
    timely=True,
    kept="不涉及县直七年级新生转往县外",
)
def newcomer_outward(f):
    return not (f.outward and f.origin.county_direct and f.grade == 7 and f.in_first_term)


@rule(
    "第一学期转入县直初中七年级",
    articles.TRANSFER_LIMITS,
    remedy="须写明理由由主管局长签批，或在第二学期申请",
    level=Level.SOFT,
    timely=True,
    kept="不涉及第一学期转入县直七年级",
)
def into_county_direct_grade_seven(f):
    return not (f.target.county_direct and f.grade == 7 and f.in_first_term)


@rule(
    "{f.target.name}{f.grade_name}没有空余学位，不得接收",
    articles.NO_SEAT_NO_TRANSFER,
    remedy="请选择有空余学位的学校，或向教育局申请选派学校（第二十条）",
    kept="转入年级有空余学位",
)
def seat_is_free(f):
    return f.free_seats is None or f.free_seats > 0 or f.grade not in f.target.grades


RULES = (
    concerns_this_county,
    ground_is_listed,
    ground_fits_scope,
    same_grade,
    two_schools,
    our_schools_are_named,
    not_suspended,
    not_dropped_out,
    not_deceased,
    child_is_here,
    no_open_case,
    no_problem_record,
    outside_national_stop,
    inside_window,
    grade_nine_in_county,
    grade_nine_outward,
    not_between_county_direct,
    newcomer_stays_in_county,
    newcomer_outward,
    into_county_direct_grade_seven,
    seat_is_free,
)
STILL_MOVABLE = (not_suspended, not_dropped_out, not_deceased, child_is_here, no_problem_record)
HARD_RULES = of_level(RULES, Level.HARD)
SOFT_RULES = of_level(RULES, Level.SOFT)


# Rules of the running case: what is on the desk rather than what is on the calendar.


papers_are_handed_in = papers_handed_in(articles.TRANSFER_MATERIALS)
papers_are_checked = papers_checked(articles.TRANSFER_PREREVIEW)
exception_is_argued = exception_argued(articles.TRANSFER_EXCEPTIONS)


@rule(
    "转入县直学校的材料原件尚未由教育局复核：{f.unseen_originals}",
    articles.TRANSFER_MATERIALS,
    remedy="请收取原件及复印件，逐项复核后再签署",
    kept="原件复核已完成或不需要",
)
def originals_are_seen(f):
    return not f.unseen_originals


@rule(
    "拟转入班级尚未确定，或不是{f.grade_name}的在办普通班",
    articles.NO_SEAT_NO_TRANSFER,
    remedy="请在“去向与理由”中选定{f.grade_name}的班级",
    kept="拟转入班级已选定",
)
def class_is_chosen(f):
    return f.class_fits


@rule(
    "本件没有与年级、班级相符的预留学位，不能办结",
    articles.NO_SEAT_NO_TRANSFER,
    remedy="请撤回后重新申请，经预审预留学位",
    kept="学位已预留",
)
def seat_is_held(f):
    return f.seat_held


@rule(
    "学生的学籍已不在转出学校",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请撤回本件，按学生现在的学籍学校重新申请",
    kept="学籍仍在转出学校",
)
def child_still_at_origin(f):
    return f.at_origin
