"""第三十四条 as rules: whom a school may report as its registrar, and from when he may act."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import Level, rule
from law import articles

LAW = articles.REGISTRAR_TRAINED


@dataclass(frozen=True)
class ChangeFacts:
    """What the rules of a change of hands look at; whatever is wrong stands here in words already."""

    on: date
    trained_on: date | None = None
    starts_on: date | None = None
    trained_until: date | None = None
    certificate: str = ""
    renews: bool = False
    serves: bool = False
    clash: str = ""
    served_months: int | None = None
    follows_nobody: bool = False

    def at(self, day):
        return None


@rule(
    "没有不晚于到岗日的培训合格记录",
    LAW,
    remedy="请先安排培训，凭合格证书登记培训合格日期后再报送；没有培训合格记录的不能上岗办理",
    kept="已培训合格",
)
def trained_first(f):
    return bool(f.trained_on and f.trained_on <= f.on and (not f.starts_on or f.trained_on <= f.starts_on))


@rule("没有填写培训合格证书编号", LAW, remedy="请照培训合格证书填写编号", kept="培训合格证书编号已填写")
def certificate_is_known(f):
    return bool(f.certificate.strip())


@rule(
    "{f.clash}",
    LAW,
    remedy="请改报他人，或者先由数据管理员免去其原任职务",
    kept="没有与学籍管理员相斥的任职",
)
def office_does_not_clash(f):
    return not f.clash


@rule(
    "所报人员已经是本校学籍管理员",
    LAW,
    remedy="只更新培训记录的，变动种类请选“培训更新”",
    kept="所报人员尚未任本校学籍管理员",
)
def is_somebody_new(f):
    return f.renews or not f.serves


@rule(
    "换岗没有写明接替何人",
    LAW,
    remedy="请选定原任学籍管理员；原岗位空缺的，变动种类选“新任”",
    kept="换岗写明了接替何人",
)
def shift_names_whom(f):
    return not f.follows_nobody


@rule(
    "所报人员不是本校在岗的学籍管理员，不能办理培训更新",
    LAW,
    remedy="新到岗的，变动种类请选“新任”或“换岗”",
    kept="培训更新的人员在岗",
)
def renews_who_serves(f):
    return not f.renews or f.serves


@rule(
    "培训已超过有效期（有效期至{f.trained_until:%Y年%-m月%-d日}）",
    LAW,
    remedy="请尽快安排再培训；只作提示，不影响办理",
    level=Level.WARN,
    kept="培训在有效期内",
)
def training_is_fresh(f):
    return not (f.trained_until and f.trained_until < f.on)


@rule(
    "原学籍管理员任职仅{f.served_months}个月",
    LAW,
    remedy="办法要求学籍管理员保持相对稳定，请在事由中说明；只作提示",
    level=Level.WARN,
    kept="原学籍管理员任职满一年，或者没有原任",
)
def hands_stay_the_same(f):
    return f.served_months is None or f.served_months >= 12


RULES = (
    trained_first,
    certificate_is_known,
    is_somebody_new,
    renews_who_serves,
    shift_names_whom,
    office_does_not_clash,
    training_is_fresh,
    hands_stay_the_same,
)
