"""Deadlines of a transfer: ten working days at each of four sides, the pre-review before them, 报到 after them."""

from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from approvals.deadlines import desk
from law import articles
from law.deadline import Deadline, Subject, Unit, declare

from . import desks
from .models import Transfer

KINDS = ("transfer", "outward")
TO_BUREAU = {"right": "bureau_make"}
# A school and a bureau outside the county fill their desks through our clerk: shown, but nobody here is late.
OUTSIDE = Q(kind="transfer", peer_school=None, desk_stage__in=[desks.FROM_SCHOOL, desks.FROM_BUREAU])


def stage(code: str, name: str, **more) -> Deadline:
    which = Q(kind__in=KINDS, desk_stage=name) & ~OUTSIDE
    return desk(f"transfer.{code}", f"转学：{name}核办", which, start="到达本环节之日", **more)


def not_arrived(day: date) -> QuerySet[Transfer]:
    done = Transfer.objects.filter(state=desks.State.DONE, arrived_at_school_on=None)
    return done.annotate(subject=F("pk"), school=F("lead_school"), starts=Coalesce("moved_on", "closed_on"))


declare(
    desk(
        "transfer.prereview_school",
        "转学：转入学校预审",
        Q(kind="transfer", desk_stage=desks.PREREVIEW_SCHOOL),
        article=articles.TRANSFER_PREREVIEW,
    ),
    desk(
        "transfer.prereview_bureau",
        "转学：教育局预审",
        Q(kind="transfer", desk_stage=desks.PREREVIEW_BUREAU),
        article=articles.TRANSFER_PREREVIEW,
        **TO_BUREAU,
    ),
    stage("to_school", desks.TO_SCHOOL),
    stage("to_bureau", desks.TO_BUREAU, **TO_BUREAU),
    stage("from_school", desks.FROM_SCHOOL),
    stage("from_bureau", desks.FROM_BUREAU, **TO_BUREAU),
    desk(
        "transfer.outside",
        "转学：县外环节（不计入本县超期）",
        OUTSIDE,
        remedy="请联系县外学校或主管部门催办，并登记其单位、经办人、日期和凭据",
        **TO_BUREAU,
    ),
    desk("transfer.file_call", "转学：调档", Q(kind="transfer", desk_stage=desks.FILE_CALL)),
    desk(
        "transfer.supplement",
        "转学：补正材料",
        Q(kind="transfer", desk_stage="补正"),
        article=articles.TRANSFER_MATERIALS,
        remedy="请一次性告知家长需补正的材料，收齐核验后重新提交；家长不再办理的撤回",
    ),
    Deadline(
        code="transfer.arrival",
        article=articles.NO_SEAT_NO_TRANSFER,
        title="转入学生报到",
        unit=Unit.DAYS,
        length="transfer.report_days",
        start="转学办结之日",
        subject=Subject.CASE,
        right="make_change",
        found=not_arrived,
        same_daily=True,
        met="SELECT t.arrived_at_school_on FROM transfers_transfer t WHERE t.case_ptr_id = c.subject",
        remedy="请联系家长到校报到并登记报到日期；不实际就读的由教育局撤销本次转学",
        url="approvals:case",
    ),
    desk(
        "placement.taken_in",
        "选派学生接收（入学通知书）",
        Q(kind="placement", desk_right="make_change"),
        article=articles.PLACEMENT,
        start="入学通知书签发之日",
        remedy="请接收持入学通知书的学生并登记报到；学校没有不接收的步骤",
    ),
)
