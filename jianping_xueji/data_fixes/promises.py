"""The database's promises (constraints) in words, told in the form before the database has to refuse."""

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, DataError, transaction
from django.db.models import CheckConstraint

TOLD = {
    "seats_never_oversold": "学位数不能少于已用与预留之和减去依法增加数，请先核对在籍与预留人数。",
    "appointment_dates": "免职日期不能早于任职日期。",
    "appointment_at_school_or_bureau": "学校职务须选学校，教育局职务须选主管部门。",
    "class_teacher_has_class": "任命班主任须选定班级。",
    "deputy_dates": "代理的结束日期不能早于开始日期。",
    "parameter_dates": "停用日须晚于起用日。",
    "parameter_one_value_a_day": "该参数在这段日期已有取值，请先写明原取值的停用日。",
    "term_once": "该学年该学期已登记。",
    "term_dates": "结束日须晚于开学日。",
    "window_dates": "结束日期不能早于开始日期。",
}
OTHERWISE = "所填内容与已有记录相冲突，没有保存，请核对日期、编号和数量后再试。"


def broken_promises(row) -> list[str]:
    """The sentences of all constraints this row would break, also those over columns the form does not show."""
    constraints = [(model, each) for model, those in row.get_constraints() for each in those]
    # A row that is wrong in itself (an end before its beginning) cannot be compared with others.
    of_row = [pair for pair in constraints if isinstance(pair[1], CheckConstraint)]
    among_rows = [pair for pair in constraints if not isinstance(pair[1], CheckConstraint)]
    return _broken(row, of_row) or _broken(row, among_rows)


def _broken(row, constraints) -> list[str]:
    told = []
    for model, constraint in constraints:
        try:
            with transaction.atomic():
                constraint.validate(model, row, using=DEFAULT_DB_ALIAS)
        except ValidationError:
            told.append(TOLD.get(constraint.name, OTHERWISE))
        except DataError:
            continue  # a value no column could hold: its field already says so
    return told
