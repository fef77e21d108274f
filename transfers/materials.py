"""第十七条第（一）项 as a matrix: which papers a family brings, by ground and receiving school, told once."""

from collections.abc import Iterator
from functools import partial

from approvals.materials import Paper as AnyPaper
from law import articles

from .grounds import Ground

Paper = partial(AnyPaper, article=articles.TRANSFER_MATERIALS)
CONTACT_FORM = Paper("contact_form", "《转学联系表》（学生及监护人签字）")
BASICS_FORM = Paper("basics_form", "学生基本信息表（转出学校打印并盖章）")
HOUSEHOLD_BOOK = Paper("household_book", "居民户口簿")
RESIDENCE = Paper("residence", "实际常住地居住证明")
OTHER_REASON = Paper("other_reason", "其他转学原因的证明（户籍未变化）")
PROPERTY = Paper("property", "房产证")
INVESTOR_FORM = Paper("investor_form", "域外企业家和高级专业技术管理人才子女安排就学登记审核表（有关部门盖章）")
LICENCE = Paper("licence", "营业执照")
INVESTOR_HOUSEHOLD = Paper("investor_household", "企业家（人才）户口簿")
TALENT_CONTRACT = Paper("talent_contract", "高级专业技术管理人才聘任书或合同")
NO_PROPERTY = Paper("no_property", "监护人无房证明")
NEARNESS = Paper("nearness", "就近入学证明（租房合同、营业执照或其他，注明名称）")
APPLICATION = Paper("application", "家长书面申请")
WITNESSES = Paper("witnesses", "相关单位和知情人证明")
DIRECT_FORM = Paper("direct_form", "县直中小学学生转入审核表（校长签字、学校公章）")
RETURN_HOME = Paper("return_home", "回原籍参加中考的证明（户籍等）", article=articles.TRANSFER_LIMITS)


def papers_for(
    *,
    ground: str,
    county_direct: bool,
    household_moved: bool = False,
    has_property: bool = True,
    is_talent: bool = False,
    return_home: bool = False,
) -> list[AnyPaper]:
    """The full checklist for one ground and receiving school."""
    papers = [CONTACT_FORM, BASICS_FORM, HOUSEHOLD_BOOK, RESIDENCE]
    if not household_moved:
        papers.append(OTHER_REASON)
    if county_direct:
        papers += _county_direct(ground, has_property, is_talent)
    if return_home:
        papers.append(RETURN_HOME)
    return papers


def _county_direct(ground: str, has_property: bool, is_talent: bool) -> Iterator[AnyPaper]:
    if ground == Ground.INVESTOR:
        yield from (INVESTOR_FORM, LICENCE, INVESTOR_HOUSEHOLD)
        if is_talent:
            yield TALENT_CONTRACT
    elif ground in (Ground.PARENT_JOB, Ground.MIGRANT) and not has_property:
        yield from (NO_PROPERTY, NEARNESS)
    else:
        yield PROPERTY
    if ground == Ground.OTHER:
        yield from (APPLICATION, WITNESSES)
    yield DIRECT_FORM


def papers_of_case(case) -> list[AnyPaper]:
    return papers_for(
        ground=case.ground,
        county_direct=case.lead_school.county_direct,
        household_moved=case.household_moved,
        has_property=case.has_property,
        is_talent=case.is_talent,
        return_home=case.return_home,
    )


def all_labels() -> list[str]:
    """Every paper of the matrix, in words."""
    return [paper.label for paper in globals().values() if isinstance(paper, AnyPaper)]
