"""The official forms: which there are, of what kind of case, and where their content comes from.

Adding a form is one entry here, one function that returns plain values, and one template.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from approvals.models import Case
from law import articles
from law.articles import Article
from law.school_time import LAST_GRADE
from students.models.record_change import TAKEN_BACK

from . import (
    anchor_form,
    balance_form,
    basics_form,
    certificate_forms,
    closing_forms,
    contact,
    correction_forms,
    custody_forms,
    direct_forms,
    dropout_forms,
    moving_proofs,
    notices,
    pairing_forms,
    placement_forms,
    problem_forms,
    rosters,
    schooling_proof_form,
    suspension_forms,
)
from .books import blanks
from .evidence import cover
from .overprint import sheets as overprint
from .subject import Sheet

ANY_TRANSFER = frozenset({"transfer"})
# What a family takes home is printed for a transfer and for every change that starts from a child.
ANY_CHANGE = ANY_TRANSFER | {"*"}
UNDONE = frozenset({"withdrawn", *TAKEN_BACK})
# Whole numbers of a class are for those who keep its book and sign it.
KEEPS_BOOKS = ("make_change", "check_change", "bureau_make", "bureau_check")


@dataclass(frozen=True)
class Form:
    """One official form.

    `data(case)` gives the plain values of the filled form, `data(None)` those of the blank one, or raises NotPrintable.
    `reads` names the numbers that appear in full, each of which leaves a look in the log; `void_in` the states in which
    a paper printed earlier can no longer be relied on. A form without kinds is about a `sheets.Sheet`: a class, a list.
    """

    code: str
    title: str
    article: Article
    data: Callable[..., dict]
    kinds: frozenset[str] = ANY_TRANSFER
    rights: tuple[str, ...] = ("view_school",)
    page: str = "letter"
    one_page: bool = False
    reads: tuple[str, ...] = ()
    void_in: frozenset[str] = field(default=UNDONE)
    # A form about each child of a case about many: `data(case, child)`, or every child when none is named.
    each_child: bool = False
    # A form that also prints without a case, for every child of a class: `of_child(child, school_class)`.
    of_child: Callable[..., dict] | None = None
    # The only grade in which the children of a class have it.
    only_grade: int | None = None
    # A form about one certificate: `of_paper(certificate)`, and its printer where the form is 套打, gives a Sheet.
    of_paper: Callable[..., Sheet] | None = None
    layout: str = ""

    @property
    def fits_a_page(self) -> bool:
        """Letters, and forms made for one page, are set tighter before they take a second one."""
        return self.one_page or self.page == "letter"

    @property
    def in_batches(self) -> bool:
        """Whether many can be printed at once: of children, of certificates, or of cases."""
        return bool(self.of_child or self.of_paper or self.kinds)

    def covers(self, case: Case) -> bool:
        return case.kind in self.kinds or "*" in self.kinds and case.model.NOTICES

    @property
    def template(self) -> str:
        return f"reports/forms/{self.layout or self.code}.html"


FORMS: dict[str, Form] = {
    form.code: form
    for form in (
        Form(
            "transfer_contact",
            "义务教育阶段学生转学联系表",
            articles.TRANSFER_MATERIALS,
            contact.contact_form,
            page="grid",
            one_page=True,
            reads=("id", "registry"),
            void_in=UNDONE | {"refused"},
        ),
        Form(
            "direct_form",
            "县直中小学学生转入审核表",
            articles.TRANSFER_MATERIALS,
            direct_forms.direct_form,
            page="grid",
            one_page=True,
            reads=("id", "registry"),
            void_in=UNDONE | {"refused"},
        ),
        Form(
            "investor_form",
            "域外企业家和高级专业技术管理人才子女安排就学登记审核表",
            articles.TRANSFER_MATERIALS,
            direct_forms.investor_form,
            page="grid",
            one_page=True,
            reads=("id", "registry"),
            void_in=UNDONE | {"refused"},
        ),
        Form(
            "transfer_proof",
            "转学证明",
            articles.TRANSFER_STAGES,
            moving_proofs.transfer_proof,
            kinds=frozenset({"transfer", "outward"}),
            reads=("id", "registry"),
        ),
        Form(
            "resumption_notice",
            "复学通知单",
            articles.SUSPENSION_ENDS,
            moving_proofs.resumption_notice,
            kinds=frozenset({"resumption"}),
            reads=("registry",),
        ),
        Form("acceptance_receipt", "受理回执", articles.TRANSFER_STAGES, notices.acceptance_receipt, ANY_CHANGE),
        Form(
            "refusal_notice",
            "不予受理告知书",
            articles.TRANSFER_EXPLAIN,
            notices.refusal_notice,
            ANY_CHANGE,
            void_in=frozenset(),
        ),
        Form(
            "one_time_notice",
            "一次性告知单",
            articles.TRANSFER_MATERIALS,
            notices.one_time_notice,
            ANY_CHANGE,
            page="list",
        ),
        Form(
            "suspension_form",
            "休学复学申请表",
            articles.SUSPENSION,
            suspension_forms.suspension_form,
            frozenset({"suspension", "extension", "resumption"}),
            page="grid",
            one_page=True,
            reads=("id", "registry"),
        ),
        Form(
            "deregistration_form",
            "学籍注销审批表",
            articles.DEATH,
            suspension_forms.deregistration_form,
            frozenset({"death", "incapacity"}),
            page="grid",
            one_page=True,
            reads=("id", "registry"),
        ),
        Form(
            "dropout_report",
            "辍学学生情况报告表",
            articles.DROPOUT_REPORTED,
            dropout_forms.dropout_report,
            kinds=frozenset({"dropout"}),
            page="grid",
            one_page=True,
            reads=("id", "registry"),
            void_in=frozenset({"withdrawn", "undone"}),
        ),
        Form(
            "file_handover",
            "辍学随迁子女档案移交单",
            articles.DROPOUT_MIGRANT,
            dropout_forms.file_handover,
            kinds=frozenset({"dropout"}),
            page="list",
            reads=("registry",),
            void_in=frozenset({"undone"}),
        ),
        Form(
            "correction_form",
            "学生学籍信息变更申请表",
            articles.CORRECTION,
            correction_forms.correction_form,
            kinds=frozenset({"correction"}),
            page="grid",
            reads=("id", "registry"),
        ),
        Form(
            "consistency_sheet",
            "户口簿、身份证、学籍信息一致性核对单",
            articles.EXAM_FREEZE,
            correction_forms.consistency_sheet,
            kinds=frozenset({"correction"}),
            page="grid",
            one_page=True,
            reads=("id", "registry"),
            of_child=correction_forms.consistency_of_child,
            only_grade=LAST_GRADE,
        ),
        Form(
            "problem_form",
            "问题学籍处理申请表",
            articles.NO_FALSE_RECORD,
            problem_forms.problem_form,
            kinds=frozenset({"proof", "deletion", "merge"}),
            page="grid",
            one_page=True,
            reads=("id", "registry"),
        ),
        Form(
            "admission_notice",
            "入学通知书",
            articles.PLACEMENT,
            placement_forms.admission_notice,
            kinds=frozenset({"placement"}),
        ),
        Form(
            "basics_form",
            "学生基本信息表",
            articles.REGISTER_COLLECT,
            basics_form.basics_form,
            kinds=frozenset({"registration"}),
            page="grid",
            one_page=True,
            reads=("id",),
            void_in=frozenset({"withdrawn", "refused"}),
            each_child=True,
            of_child=basics_form.basics_of_child,
        ),
        Form(
            "handover_list",
            "学校撤并学籍档案移交清单",
            articles.MERGED_SCHOOLS,
            closing_forms.handover_list,
            kinds=frozenset({"school_closing"}),
            page="list",
        ),
        Form(
            "schooling_proof",
            "学习经历证明",
            articles.LOST_CERTIFICATE,
            schooling_proof_form.schooling_proof,
            kinds=frozenset({"certificate_proof"}),
            reads=("id", "registry"),
        ),
        Form(
            "newcomers_roster",
            "新生花名册",
            articles.BOOKS,
            rosters.newcomers_roster,
            kinds=frozenset(),
            rights=KEEPS_BOOKS,
            page="sheet",
            reads=("id", "registry"),
            layout="roster",
        ),
        Form(
            "graduates_roster",
            "毕业生花名册",
            articles.BOOKS,
            rosters.graduates_roster,
            kinds=frozenset(),
            rights=KEEPS_BOOKS,
            page="sheet",
            reads=("id", "registry"),
            layout="roster",
        ),
        Form(
            "collection_list",
            "毕业证书发放清单",
            articles.CERTIFICATES,
            certificate_forms.collection_list,
            kinds=frozenset(),
            rights=KEEPS_BOOKS,
            page="sheet",
            layout="roster",
        ),
        Form(
            "completion_certificate",
            "义务教育修业证明",
            articles.CERTIFICATES,
            certificate_forms.completion_certificate,
            kinds=frozenset(),
            rights=KEEPS_BOOKS,
            reads=("id", "registry"),
            of_paper=certificate_forms.completion_of,
        ),
        Form(
            "certificate_overprint",
            "毕业证书套打",
            articles.CERTIFICATES,
            overprint.test_page,
            kinds=frozenset(),
            rights=KEEPS_BOOKS,
            page="overprint",
            reads=("registry",),
            of_paper=overprint.overprint_of,
        ),
        Form(
            "enrolment_proof",
            "在籍证明",
            articles.ONE_CHILD_ONE_RECORD,
            certificate_forms.enrolment_proof,
            kinds=frozenset(),
            rights=KEEPS_BOOKS,
            reads=("id", "registry"),
            of_child=certificate_forms.enrolment_of_child,
        ),
        Form(
            "suspension_proof",
            "休学证明",
            articles.SUSPENSION,
            certificate_forms.suspension_proof,
            kinds=frozenset({"suspension"}),
            reads=("id", "registry"),
        ),
        Form(
            "balance_sheet",
            "学生变动平衡表",
            articles.TERM_CHECK,
            balance_form.balance_sheet,
            kinds=frozenset(),
            page="sheet",
        ),
        Form(
            "handover_slip",
            "学籍档案移交单",
            articles.ARCHIVE_FOLLOWS,
            custody_forms.handover_slip,
            kinds=frozenset(),
            page="list",
        ),
        Form(
            "evidence_cover",
            "学籍证据包",
            articles.WRITTEN_APPROVAL,
            cover.evidence_cover,
            kinds=frozenset(),
            rights=("make_change", "check_change", "bureau_make", "bureau_check"),
            page="list",
        ),
        Form(
            "audit_anchor",
            "审计锚",
            articles.LEAK_PURSUED,
            anchor_form.audit_anchor,
            kinds=frozenset(),
        ),
        Form(
            "pairing_sheet",
            "小学毕业生去向核对表",
            articles.LEAVERS,
            pairing_forms.pairing_sheet,
            kinds=frozenset({"pairing"}),
            page="list",
            void_in=frozenset({"withdrawn", "reopened"}),
        ),
        *(
            Form(
                code,
                title,
                articles.BOOKS,
                data,
                kinds=frozenset(),
                rights=KEEPS_BOOKS,
                page=page,
                reads=("id", "registry"),
                layout=layout,
                of_child=of_child,
            )
            for code, title, data, page, layout, of_child in blanks.REGISTERED
        ),
    )
}
