"""第二十五条: when a child may go between special and ordinary school, and when that ends."""

from approvals.rules import rule
from law import articles
from students.models import Student
from students.standing import no_open_case, no_problem_record, status_is

enrolled = status_is(
    Student.Status.ENROLLED, article=articles.INCLUSION, remedy="休学、辍学的学生请先复学或返校，再办理本项"
)


@rule(
    "学生已在{f.attends}随班就读，学籍在原学校",
    articles.INCLUSION,
    remedy="请先办理“结束随班就读”",
    kept="学生现在学籍所在学校就读",
)
def not_attending_elsewhere(f):
    return not f.attends


@rule(
    "两所学校类型相同：本项只适用于特殊教育学校与普通学校之间就读",
    articles.INCLUSION,
    remedy="普通学校之间请办理转学（第十六条）",
    kept="一所是特殊教育学校，一所是普通学校",
)
def one_school_is_special(f):
    return f.to_special is None or f.to_special != f.from_special


@rule(
    "所选班级现为{f.class_grade_name}，学生应在{f.grade_name}",
    articles.INCLUSION,
    remedy="请选择学生所在年级的班级",
    kept="编入学生所在年级",
)
def class_of_the_own_grade(f):
    return f.class_grade is None or f.class_grade == f.grade


@rule(
    "所选年级、班级没有空余学位，不得接收",
    articles.NO_SEAT_NO_TRANSFER,
    remedy="请另选有空余学位的班级或学校，由教育局就近统筹安排（第十九条、第二十条）",
    kept="所选年级、班级有空余学位",
)
def seat_is_free(f):
    return f.free_seats is None or f.free_seats > 0


@rule(
    "学生没有在学籍学校以外随班就读",
    articles.INCLUSION,
    remedy="只有学籍保留在原学校、现在另一学校就读的学生办理本项",
    kept="学生现在{f.attends}随班就读",
)
def attends_elsewhere(f):
    return bool(f.attends)


@rule(
    "回到学籍所在学校须选择编入的班级",
    articles.INCLUSION,
    remedy="请在本校现有班级中选择",
    kept="编入的班级已明确",
)
def class_is_chosen(f):
    return not f.class_missing


@rule(
    "所选班级不是可以编入的现有班级",
    articles.CHANGES_IN_TIME,
    remedy="请重新选择现有班级",
    kept="编入现有班级",
)
def class_is_open_there(f):
    return f.class_is_theirs


BEGINNING = (
    enrolled,
    no_open_case,
    no_problem_record,
    not_attending_elsewhere,
    one_school_is_special,
    class_is_open_there,
    class_of_the_own_grade,
    seat_is_free,
)

ENDING = (
    enrolled,
    no_open_case,
    no_problem_record,
    attends_elsewhere,
    class_is_chosen,
    class_is_open_there,
    class_of_the_own_grade,
    seat_is_free,
)
