"""第十六条的六种情形，此外不得转学；以及转出方可以不放行的有限事由."""

from django.db import models


class Ground(models.TextChoices):
    HOUSEHOLD = "T1", "户籍及家庭住址跨省市县迁移"
    PARENT_JOB = "T2", "家长工作调动，子女随迁"
    MIGRANT = "T3", "进城务工人员子女居住地变化随迁"
    CATCHMENT = "T4", "家庭住址跨学区迁移，就近入学困难"
    INVESTOR = "T5", "招商引资企业家或高级专业技术管理人才子女随迁"
    OTHER = "T9", "其他特殊原因不能在原学校就读"


class RefusalGround(models.TextChoices):
    """The sending side may refuse a lawful release only for one of these (第十九条第二款)."""

    NOT_OURS = "not_ours", "不是本校（本县）在籍学生"
    DATA_DIFFERS = "data_differs", "申请信息与学籍信息不一致"
    OPEN_BUSINESS = "open_business", "有在办业务或问题学籍未处理"
    CUSTODY = "custody", "监护人意愿或监护权有争议"
    FALSE_PAPERS = "false_papers", "材料虚假"
