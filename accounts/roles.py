"""Which rights a role carries. Rights are granted per school to a group of the school (or bureau) and role."""

from django.db import models


class Role(models.TextChoices):
    CLASS_TEACHER = "class_teacher", "班主任"
    REGISTRAR = "registrar", "学籍管理员"
    DEPUTY_HEAD = "deputy_head", "分管领导"
    HEADMASTER = "headmaster", "校长"
    BUREAU_CLERK = "bureau_clerk", "教育局经办"
    BUREAU_CHECKER = "bureau_checker", "教育局审核"
    BUREAU_LEADER = "bureau_leader", "主管局长"
    DATA_ADMIN = "data_admin", "数据管理员"
    AUDITOR = "auditor", "审计员"


RIGHTS: dict[str, tuple[str, ...]] = {
    Role.CLASS_TEACHER: ("teach_class",),
    Role.REGISTRAR: ("view_school", "make_change"),
    Role.DEPUTY_HEAD: ("view_school", "check_change"),
    Role.HEADMASTER: ("view_school", "check_change", "sign_change"),
    Role.BUREAU_CLERK: ("view_school", "bureau_make"),
    Role.BUREAU_CHECKER: ("view_school", "bureau_check"),
    Role.BUREAU_LEADER: ("view_school", "bureau_check", "bureau_sign"),
    Role.DATA_ADMIN: ("view_school", "fix_data"),
    Role.AUDITOR: ("view_school", "audit_school"),
}

# Who begins changes of records and who checks them, at schools and at the bureau; all others only read.
WORKS_ON_RECORDS = ("make_change", "check_change", "bureau_make", "bureau_check")

BUREAU_ROLES = (Role.BUREAU_CLERK, Role.BUREAU_CHECKER, Role.BUREAU_LEADER, Role.DATA_ADMIN, Role.AUDITOR)

# 第三十四条: no training, no power to act; an old certificate only warns.
TRAINED_ROLES = (Role.REGISTRAR,)

# One person may be 分管领导 and 校长, never make and check (第三十三条; two hands at school and at bureau).
MAKERS = (Role.REGISTRAR, Role.BUREAU_CLERK)
CHECKERS = (Role.DEPUTY_HEAD, Role.HEADMASTER, Role.BUREAU_CHECKER, Role.BUREAU_LEADER)

# Whoever decides a case: neither the data administrator nor the auditor may be one of them, anywhere.
DECIDERS = MAKERS + CHECKERS
APART = (Role.DATA_ADMIN, Role.AUDITOR)
