"""第二十七条：义务教育阶段唯一的离校情形——丧失学习能力，凭医学证明，由主管局长签批."""

from django.db import models

from approvals.materials import Paper
from approvals.ways import way
from law import articles, clock
from students import enrolments, places
from students.changes import RecordChange
from students.models import Student
from students.standing import no_open_case, no_problem_record, status_is

on_roll = status_is(
    Student.Status.ENROLLED,
    Student.Status.SUSPENDED,
    Student.Status.DROPPED_OUT,
    article=articles.NO_LEAVING,
    remedy="除丧失学习能力者外不得离校；不能坚持学习的申请休学，不能到校的申请送教上门",
)


class Incapacity(
    RecordChange,
    way(
        articles.NO_LEAVING,
        decide="准予离校",
        done="已离校",
        rules=(on_roll, no_open_case, no_problem_record),
        in_ceims="其他离校登记与核办",
        leader=True,
    ),
):
    """丧失学习能力离校：医学证明，主管局长签批，在校记录终止，学籍档案保存"""

    kind_code = "incapacity"
    prefix = "离"
    DRAFT = ("leaves_on", "condition")
    HAPPENED = "leaves_on"
    DAY_ASKED = "leaves_on"
    PRINTS = (("deregistration_form", "学籍注销审批表"),)

    leaves_on = models.DateField("离校日期", default=clock.today)
    condition = models.CharField(
        "丧失学习能力的情况", max_length=200, help_text="病情或残疾情况，及不能送教上门的说明。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "丧失学习能力"

    def papers(self):
        return [
            Paper("application", "监护人书面申请", articles.NO_LEAVING),
            Paper("medical_proof", "县级及以上医院丧失学习能力的证明", articles.NO_LEAVING),
            Paper("disability_card", "残疾人证", articles.NO_LEAVING, required=False),
        ]

    def change_record(self):
        child, on = self.child, max(self.leaves_on, clock.today())
        places.give_up_seats(enrolments.end([child], on=on, case=self, how="离校"), on)
        Student.objects.filter(pk=child.pk).update(status=Student.Status.LEFT)
