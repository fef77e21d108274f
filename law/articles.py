"""The regulation as constants: every rule, transition, deadline and refusal names one of these.

A citation prints the way a clerk writes it (第十八条第二款). `Article.full` adds the document, for prints and
for outside sources: the ten working days of each desk come from the ministry, not from the county.
"""

from dataclasses import dataclass

DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1…999 in Chinese numerals, as article numbers are written: 18 → 十八, 203 → 二百零三."""
    hundreds, rest = divmod(number, 100)
    if hundreds:
        between = "零" if 0 < rest < 10 else "一" if 10 <= rest < 20 else ""
        return f"{DIGITS[hundreds]}百{between}{chinese_number(rest) if rest else ''}"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{DIGITS[tens]}十")
    return head + (DIGITS[ones] if ones else "") or DIGITS[0]


@dataclass(frozen=True)
class Document:
    name: str
    number: str
    level: str

    def __str__(self):
        return f"《{self.name}》（{self.number}）"


COUNTY = Document("建平县义务教育阶段学生学籍管理办法（试行）", "建教发〔2024〕3号", "县")
MINISTRY_2013 = Document("中小学生学籍管理办法", "教基一〔2013〕7号", "国家")
EDUCATION_LAW = Document("中华人民共和国义务教育法", "2018年修正", "国家")
CIVIL_CODE = Document("中华人民共和国民法典", "2020年公布", "国家")
MINISTRY_COMPLAINTS = Document(
    "关于建立完善处理群众投诉中小学生学籍管理相关问题工作机制的通知", "教基一厅函〔2014〕50号", "国家"
)
MINISTRY_TRANSFER_STOP = Document("关于做好全国中小学生学籍年度更新工作的通知", "教基司厅函〔2017〕23号", "国家")


@dataclass(frozen=True)
class Article:
    """One provision: number and clause as cited, and what it says in a line of our own."""

    number: int
    gist: str
    clause: str = ""
    document: Document = COUNTY

    @property
    def _numbered(self) -> str:
        return f"第{chinese_number(self.number)}条{self.clause}" if self.number else ""

    def __str__(self):
        if not self.number:
            return str(self.document)
        # Only the county's own regulation is cited by number alone.
        return self._numbered if self.document == COUNTY else f"《{self.document.name}》{self._numbered}"

    @property
    def full(self) -> str:
        return f"{self.document}{self._numbered}"


SCOPE_OF_LAW = Article(2, "适用于本县义务教育阶段学校和在这些学校就读的学生")
RESPONSIBLE = Article(3, "县级主管、学校实施，学校对信息真实、准确、完整负责", "第三款")
CATCHMENT = Article(4, "免试就近入学，学校按划定的学区接收")
INTAKE_PLAN = Article(8, "严格执行招生计划建立学籍")
MIGRANT_CHILDREN = Article(5, "随迁子女在父母工作或者居住地平等接受义务教育")
REGISTER_IN_A_MONTH = Article(6, "入学一个月内注册学籍，采集录入信息，申请学籍号", "第一款")
REGISTER_COLLECT = Article(6, "学校按学生基本信息表采集，家长签字确认后录入", "第二款")
REGISTER_GRADE_SEVEN = Article(6, "初中接续小学学籍，新学期二十日内完成", "第三款")
ONE_CHILD_ONE_RECORD = Article(7, "一人一籍，籍随人走；不符合转学条件的不得接收")
NO_FALSE_RECORD = Article(8, "不得以虚假信息建籍，不得重复建籍，不得超最大班额")
ARCHIVE = Article(9, "入学之日起一个月内建立学籍档案，内容为七部分")
ARCHIVE_AGREES = Article(10, "电子档案与纸质档案信息一致，纸质由学校存档", "第一款")
BOOKS = Article(10, "建立新生花名册、毕业生花名册等学籍簿册，永久保存")
ARCHIVE_FOLLOWS = Article(11, "转出学校主动提供纸质档案，保留电子备份，不得扣留", "第一款")
MERGED_SCHOOLS = Article(11, "合并的移交并入学校，撤销的由教育局指定学校接收", "第二款")
CORRECTION = Article(12, "修改基础信息凭户口簿等证明，学校核准、县级核准")
VOLATILE_FIELDS = Article(13, "每学期维护留守、随迁、住址、电话、户口所在地")
EXAM_FREEZE = Article(14, "中考报名至录取结束，禁止变更九年级关键信息")
PROMOTION = Article(15, "正常升级学生的学籍信息由系统更新")
GRADUATION = Article(15, "每年七月三十日前完成毕业操作")
GRADUATES_FILE = Article(11, "毕业学校导出学生信息保留电子档案备份，保留必要的纸质档案", "第一款")
TRANSFER_GROUNDS = Article(16, "准予转学的六种情形，此外不得转学", "第一款")
TRANSFER_PREREVIEW = Article(16, "证明材料经转入学校和县级主管部门审核通过，方可发起", "末款")
TRANSFER_MATERIALS = Article(17, "转学材料", "第（一）项")
TRANSFER_STAGES = Article(17, "转学流程：转入校、转入主管、转出校、转出主管依次核办", "第（二）项")
TRANSFER_EXPLAIN = Article(17, "不符合条件、无法接收的，学校做好解释工作", "第（二）项")
TRANSFER_WINDOW = Article(18, "县内和市内跨县转学在三月、九月办理；跨省、跨市即有即办", "第一款")
TRANSFER_LIMITS = Article(18, "九月三十日后不受理县域内九年级转学；县直学校之间、县直七年级第一学期的限制", "第二款")
TRANSFER_EXCEPTIONS = Article(18, "一般应、原则上的情形，确有特殊情况的由主管局长签批")
NO_SEAT_NO_TRANSFER = Article(19, "转入年级无空余学位不得接收；不得为不实际就读者办理", "第一款")
NO_LAWLESS_REFUSAL = Article(19, "不得拒收符合条件的学生，不得拖延办理；材料必须真实", "第二款")
PLACEMENT = Article(20, "县外转入和进城务工子女可申请选派学校")
SUSPENSION = Article(21, "因病或其他特殊原因可申请休学，学校核实、县级核准后生效")
SUSPENSION_LENGTH = Article(22, "休学一般一学年，期满可申请延长一年；休学期间保留学籍")
SUSPENSION_GRADUATING = Article(21, "毕业年级下学期一般不予休学，确有特殊情况由主管局长签批")
SUSPENSION_ENDS = Article(23, "休学期满凭申请复学")
CHANGES_IN_TIME = Article(24, "学籍异动及时提交；接续原有档案，禁止私自新建学籍")
INCLUSION = Article(25, "特教与普通学校之间就读，学籍可转入新学校，也可保留在原学校")
ABROAD = Article(26, "境外就读凭证件办理，归来接续原学籍")
NO_LEAVING = Article(27, "除丧失学习能力者外不准退学，不得劝退或开除")
DEATH = Article(28, "凭证明十个工作日内注销学籍")
YOUNG_OFFENDER = Article(29, "未成年犯学籍转入相关学校，解除刑事处罚的转回原学校")
DROPOUT = Article(30, "连续旷课四周且劝返无效视为辍学，保留学籍")
DROPOUT_REPORTED = Article(30, "辍学情况及时报送乡镇人民政府和县级教育行政部门")
DROPOUT_MIGRANT = Article(30, "随迁子女辍学的，学期末将档案转交户籍所在地县级教育行政部门")
LEAVERS = Article(31, "小学负责调查毕业生去向，初中负责建籍、劝返，九月末逐人核对")
CERTIFICATES = Article(32, "考核合格发毕业证书，不合格发修业证明")
LOST_CERTIFICATE = Article(32, "毕业证书遗失的，经原学校申请、县级核准出具学习经历证明")
LEAK_PURSUED = Article(38, "泄露或非法使用学生信息的，追究责任")
DECISION_CORRECTED = Article(38, "违反本办法的由主管部门责令改正；已作的决定由进一步的决定更正，不改原件")
TERM_CHECK = Article(35, "每学期核查学籍变动情况，减少问题学籍")
YEARLY_SCORE = Article(33, "学校学籍管理工作纳入县级教育行政部门年度考核")
COMPLAINTS = Article(36, "建立处理群众投诉工作机制，切实办好本级应办理的学生家长投诉")
COMPLAINT_CLOCK = Article(
    0, "三个工作日内发核查单，五个工作日内核查，五个工作日内提出意见，五个工作日内办结", document=MINISTRY_COMPLAINTS
)
ORDERED = Article(38, "违反本办法的由主管部门责令改正；情节严重的，依法追究校长和相关人员责任")
REGISTRAR_TRAINED = Article(34, "学籍管理员先培训后上岗")
OTHER_NATIONALS = Article(39, "外籍和港澳台学生学籍按有关规定执行")
WRITTEN_APPROVAL = Article(37, "未经县级主管部门书面批准，学籍信息不得外提")

DEFERRED_ENTRY = Article(
    11, "因身体状况需要延缓入学的，由监护人申请，乡镇人民政府或县级教育行政部门批准", document=EDUCATION_LAW
)
COUNTED_DAYS = Article(203, "期间的最后一日是法定休假日的，以法定休假日结束的次日为期间的最后一日", document=CIVIL_CODE)
BALANCED_CLASSES = Article(22, "学校不得分设重点班和非重点班", document=EDUCATION_LAW)
TEN_WORKDAYS = Article(0, "转学各方应在十个工作日内核办", document=MINISTRY_2013)
NATIONAL_STOP = Article(0, "每年暑期学籍系统停止受理新的转学申请", document=MINISTRY_TRANSFER_STOP)
SAME_GRADE = Article(0, "转学不得变更就读年级", document=MINISTRY_2013)
