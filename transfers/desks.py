"""第十七条第（二）项的四个环节，前面加第十六条末款的预审；每环节经办、审核两人各签一次."""

from django.db import models

from approvals.desks import Desk, Hand, Side, Signature


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    SCHOOL_REVIEW = "school_review", "待转入学校预审签字"
    BUREAU_REVIEW = "bureau_review", "待教育局预审"
    BUREAU_REVIEW_CHECK = "bureau_review_check", "待教育局预审审核"
    READY = "ready", "预审通过，待发起"
    TO_SCHOOL_CHECK = "to_school_check", "待转入学校审核"
    TO_BUREAU = "to_bureau", "待转入主管部门经办"
    TO_BUREAU_CHECK = "to_bureau_check", "待转入主管部门审核"
    FROM_SCHOOL = "from_school", "待转出学校经办"
    FROM_SCHOOL_CHECK = "from_school_check", "待转出学校审核"
    FROM_BUREAU = "from_bureau", "待转出主管部门经办"
    FROM_BUREAU_CHECK = "from_bureau_check", "待转出主管部门审核"
    FILE_CALL = "file_call", "待调档"
    SUPPLEMENT = "supplement", "退回补正"
    DONE = "done", "已办结，待报到"
    ARRIVED = "arrived", "已报到"
    REFUSED = "refused", "不予转学"
    WITHDRAWN = "withdrawn", "已撤回"
    REVERTED = "reverted", "已撤销"


CLOSED = frozenset({State.DONE, State.ARRIVED, State.REFUSED, State.WITHDRAWN, State.REVERTED})

TO, FROM = Side.LEAD, Side.PEER
REGISTRAR = Hand("make_change", TO)
LEADER = Hand("bureau_sign", TO)
MAKE, CHECK = Signature.MAKE, Signature.CHECK

PREREVIEW_SCHOOL, PREREVIEW_BUREAU = "转入学校预审", "教育局预审"
STAGES = ("转入学校", "转入主管部门", "转出学校", "转出主管部门")
TO_SCHOOL, TO_BUREAU, FROM_SCHOOL, FROM_BUREAU = STAGES
FILE_CALL = "转入学校调档"

DESKS = {
    State.DRAFT: Desk(PREREVIEW_SCHOOL, MAKE, REGISTRAR, None),
    State.SCHOOL_REVIEW: Desk(PREREVIEW_SCHOOL, CHECK, Hand("check_change", TO)),
    State.BUREAU_REVIEW: Desk(PREREVIEW_BUREAU, MAKE, Hand("bureau_make", TO)),
    State.BUREAU_REVIEW_CHECK: Desk(PREREVIEW_BUREAU, CHECK, Hand("bureau_check", TO)),
    State.READY: Desk(TO_SCHOOL, MAKE, REGISTRAR),
    State.TO_SCHOOL_CHECK: Desk(TO_SCHOOL, CHECK, Hand("check_change", TO)),
    State.TO_BUREAU: Desk(TO_BUREAU, MAKE, Hand("bureau_make", TO)),
    State.TO_BUREAU_CHECK: Desk(TO_BUREAU, CHECK, Hand("bureau_check", TO)),
    State.FROM_SCHOOL: Desk(FROM_SCHOOL, MAKE, Hand("make_change", FROM)),
    State.FROM_SCHOOL_CHECK: Desk(FROM_SCHOOL, CHECK, Hand("check_change", FROM)),
    State.FROM_BUREAU: Desk(FROM_BUREAU, MAKE, Hand("bureau_make", FROM)),
    State.FROM_BUREAU_CHECK: Desk(FROM_BUREAU, CHECK, Hand("bureau_check", FROM)),
    State.FILE_CALL: Desk(FILE_CALL, Signature.NONE, REGISTRAR),
    State.SUPPLEMENT: Desk("补正", Signature.NONE, REGISTRAR),
}

# The sending school lies outside the county: the county's clerk and checker enter what it and its bureau decided.
RECORDED = {
    State.FROM_SCHOOL: Desk(FROM_SCHOOL, MAKE, Hand("bureau_make", TO)),
    State.FROM_SCHOOL_CHECK: Desk(FROM_SCHOOL, CHECK, Hand("bureau_check", TO)),
    State.FROM_BUREAU: Desk(FROM_BUREAU, MAKE, Hand("bureau_make", TO)),
    State.FROM_BUREAU_CHECK: Desk(FROM_BUREAU, CHECK, Hand("bureau_check", TO)),
}

# 《县直中小学学生转入审核表》 is the headmaster's own signature (第十七条第（一）项).
HEADMASTER_SIGNS = Desk(PREREVIEW_SCHOOL, CHECK, Hand("sign_change", TO))

# A checker hands back to the maker of the same desk.
MAKER_OF = {
    State.SCHOOL_REVIEW: State.DRAFT,
    State.BUREAU_REVIEW_CHECK: State.BUREAU_REVIEW,
    State.TO_SCHOOL_CHECK: State.READY,
    State.TO_BUREAU_CHECK: State.TO_BUREAU,
    State.FROM_SCHOOL_CHECK: State.FROM_SCHOOL,
    State.FROM_BUREAU_CHECK: State.FROM_BUREAU,
}
OPEN = [state for state in State if state not in CLOSED]
RETURNABLE = [
    State.BUREAU_REVIEW,
    State.BUREAU_REVIEW_CHECK,
    State.TO_BUREAU,
    State.TO_BUREAU_CHECK,
    State.FROM_SCHOOL,
    State.FROM_SCHOOL_CHECK,
    State.FROM_BUREAU,
    State.FROM_BUREAU_CHECK,
]
RECEIVING_CHECKS = [State.SCHOOL_REVIEW, State.BUREAU_REVIEW_CHECK, State.TO_SCHOOL_CHECK, State.TO_BUREAU_CHECK]
SENDING_CHECKS = [State.FROM_SCHOOL_CHECK, State.FROM_BUREAU_CHECK]
