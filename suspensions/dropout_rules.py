"""第三十条 as rules: how long the child is away, what the log says, who has visited, who has been told."""

from approvals.rules import rule
from law import articles
from students.models import Student
from students.standing import no_open_case, no_problem_record, status_is

in_school = status_is(
    Student.Status.ENROLLED,
    Student.Status.SUSPENDED,
    Student.Status.LEAVER,
    article=articles.DROPOUT,
    remedy="请核对学生现在的学籍状态；已列为辍学的在控辍台账中继续劝返",
)


@rule(
    "休学到{f.suspended_until:%Y年%-m月%-d日}才期满，期满前不算旷课",
    articles.SUSPENSION_LENGTH,
    remedy="请待休学期满；期满仍不到校的督促复学或申请延长，再不到校的劝返",
    kept="不在休学期内",
)
def suspension_is_over(f):
    return f.suspended_until is None or f.suspended_until < (f.absent_since or f.on)


@rule(
    "连续旷课{f.absent_days}天，未满{f.wanted_days}天",
    articles.DROPOUT,
    remedy="请继续逐日点名并劝返；假期后一直未到校、没有点名记录的，由学生的“考勤与劝返”页进入，填写旷课起始日和凭据",
    kept="连续旷课已达到规定天数",
)
def absent_long_enough(f):
    return f.never_came or f.absent_days >= f.wanted_days


@rule(
    "小学毕业未升学自开学之日起{f.absent_days}天，未满{f.wanted_days}天，只能列为疑似辍学",
    articles.LEAVERS,
    remedy="请继续劝返；满规定天数仍不入学的再提交",
    kept="未升学的毕业生已满规定天数，或不属此类",
)
def leaver_long_enough(f):
    return not f.never_came or f.absent_days >= f.wanted_days


@rule(
    "所填旷课起始日之后，{f.seen_on:%Y年%-m月%-d日}点名有到校或请假记录",
    articles.DROPOUT,
    remedy="请核对点名记录；学生已经返校的，办理“返校销号”",
    kept="点名记录与旷课起始日相符",
)
def log_does_not_contradict(f):
    return f.seen_on is None


@rule(
    "没有点名记录的旷课起始日须写明凭据",
    articles.DROPOUT,
    remedy="请写明凭据，如：开学报到册、班主任证明、村委会证明",
    kept="旷课有点名记录或凭据",
)
def absence_is_evidenced(f):
    return f.evidence


@rule(
    "旷课期间有{f.unlogged}个上课日没有点名记录，不能认定连续旷课",
    articles.DROPOUT,
    remedy="请班主任在班级点名表中补登这些日子",
    kept="旷课期间逐日有点名记录",
)
def log_is_whole(f):
    return not f.unlogged


@rule(
    "劝返记录{f.visits}次，不足{f.wanted_visits}次，只能列为疑似辍学",
    articles.DROPOUT,
    remedy="请继续家访劝返，并在学生的“考勤与劝返”页登记每次的日期、人员、方式、见到何人和结果",
    kept="劝返次数已达到规定",
)
def visited_often_enough(f):
    return f.visits >= f.wanted_visits


@rule(
    "尚未报送当地乡镇人民政府",
    articles.DROPOUT_REPORTED,
    remedy="请打印《辍学学生情况报告表》报送，由乡镇签收后登记报送日期、签收人和回执编号",
    kept="已报送乡镇人民政府并有回执",
)
def township_is_told(f):
    return f.reported


@rule(
    "学生户籍在本县或户籍所在地未登记，不用转交档案",
    articles.DROPOUT_MIGRANT,
    remedy="户籍在县外的，请先核对并更正户口所在地行政区划",
    kept="学生户籍在县外",
)
def household_is_outside(f):
    return f.outside_county


RULES = (
    in_school,
    no_open_case,
    no_problem_record,
    suspension_is_over,
    absent_long_enough,
    log_does_not_contradict,
    absence_is_evidenced,
)
AWAITED = (log_is_whole, leaver_long_enough, visited_often_enough, township_is_told)
