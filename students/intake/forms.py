"""What the pages of intake ask: whom to search for, everything else about the child, signatures, acts on a batch."""

from django import forms
from django.db.models import Q

from accounts.policies import school_ids_where
from approvals.models import Case
from jianping_xueji.forms import day_input
from law import clock
from law.school_time import GRADE_NAMES
from schools.catchments import communities_named_in, communities_of
from schools.models import Division, School

from .. import idnumber
from ..dictionary import codes
from ..dictionary.divisions import is_division_code, widen
from ..importing.names import read_name
from ..models.intake import Application
from .duplicates import Asked
from .newcomers import Newcomer

# Kinds of case by which the bureau names a school for a child.
PLACEMENTS = ("overflow", "placement")
SEX = [("1", "男"), ("2", "女")]
YES_NO = [("", "未填"), ("1", "是"), ("0", "否")]
RELATIONS = [
    (code, codes.table("jtgx").name_of(code)) for code in ("51", "52", "57", "58", "61", "62", "63", "64", "80")
]


def coded(label: str, table: str, *, initial="", required=False):
    return forms.ChoiceField(
        label=label, choices=[("", "请选择"), *codes.choices(table)], initial=initial, required=required
    )


class SearchForm(forms.Form):
    school = forms.ModelChoiceField(School.objects.none(), label="学校", empty_label="请选择")
    grade = forms.TypedChoiceField(label="拟入年级", coerce=int, initial=1)
    name = forms.CharField(label="姓名", max_length=36, help_text="照户口簿填写。")
    sex = forms.ChoiceField(label="性别", choices=SEX)
    birth_date = forms.DateField(label="出生日期", widget=day_input())
    id_type = forms.ChoiceField(label="身份证件类型", choices=codes.choices("sfzjlx"), initial="1")
    id_number = forms.CharField(
        label="身份证件号", max_length=30, required=False, help_text="确无证件的，类型选“其他”，号码留空。"
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        schools = School.objects.filter(pk__in=school_ids_where(user, "make_change"), closed_on=None)
        schools = [each for each in schools if 1 in each.grades]
        grades = sorted({grade for each in schools for grade in each.grades if grade <= 6})
        self.fields["school"].queryset = School.objects.filter(pk__in=[each.pk for each in schools])
        self.fields["grade"].choices = [(grade, GRADE_NAMES[grade]) for grade in grades or [1]]
        if len(schools) == 1:
            self.fields["school"].initial = schools[0]
            self.fields["school"].widget = forms.HiddenInput()

    def clean_name(self):
        name, verdict = read_name(self.cleaned_data["name"])
        if name is None:
            raise forms.ValidationError(f"{verdict.message}。{verdict.remedy}。")
        return name

    def clean_id_number(self):
        return idnumber.normalise(self.cleaned_data["id_number"])

    def clean_birth_date(self):
        born = self.cleaned_data["birth_date"]
        if born >= clock.today():
            raise forms.ValidationError("出生日期须早于今日，请核对户口簿。")
        return born

    def clean(self):
        typed = super().clean()
        number, kind = typed.get("id_number", ""), typed.get("id_type")
        if kind is None:
            return typed
        for problem in idnumber.check(number, kind, today=clock.today()):
            if problem.level == idnumber.ERROR:
                self.add_error("id_number", f"{problem.message}。请对照证件改正；确无证件的，类型选“其他”，号码留空。")
        self.agree(number, typed)
        return typed

    def agree(self, number: str, typed: dict) -> None:
        """Birth date and sex inside a citizen's number are the child's own."""
        if not idnumber.is_citizen_shaped(number):
            return
        if typed.get("birth_date") and idnumber.birth_of(number) != typed["birth_date"]:
            self.add_error("birth_date", "与身份证件号第7～14位不一致，请对照户口簿改正其中一个。")
        if typed.get("sex") and idnumber.sex_of(number) != typed["sex"]:
            self.add_error("sex", "与身份证件号第17位不一致，请对照户口簿改正。")

    @property
    def asked(self) -> Asked:
        return Asked(
            **{name: self.cleaned_data[name] for name in ("name", "sex", "birth_date", "id_type", "id_number")}
        )


GUARDIAN = ("name", "relation", "phone", "workplace", "id_number")
APPLIED = ("community", "workplace", "ground", "ground_note", "deferral_number", "exception_reason")
SECTIONS = (
    ("户籍与住址", ("household_kind", "household_division", "home_address", "community", "phone", "postcode")),
    ("监护人一", tuple(f"member1_{name}" for name in GUARDIAN)),
    ("监护人二", tuple(f"member2_{name}" for name in GUARDIAN)),
    ("基本情况", ("ethnicity", "nationality", "overseas_status", "health", "native_place", "birth_division")),
    ("入学情况", ("entry_mode", "lodging", "had_preschool", "only_child", "left_behind", "migrant_child", "workplace")),
    ("需要照顾的情况", ("inclusive_education", "disability", "orphan", "needs_aid")),
    ("学区外、缓学和特批（没有的不填）", ("ground", "ground_note", "deferral_number", "exception_reason")),
    ("查重说明", ("newcomer_reason", "namesake_note")),
)
BOOLS = ("had_preschool", "only_child", "migrant_child", "orphan", "needs_aid")
CODED = (
    "household_kind",
    "ethnicity",
    "nationality",
    "overseas_status",
    "health",
    "entry_mode",
    "lodging",
    "left_behind",
    "inclusive_education",
    "disability",
)
PLAIN = ("home_address", "phone", "postcode", "native_place")
DIVISIONS = ("household_division", "birth_division")


class NewcomerForm(forms.Form):
    """Everything about a child but what was searched for; `newcomer` is what the door receives."""

    household_kind = coded("户口性质", "hkxz")
    household_division = forms.CharField(
        label="户口所在地区划代码", max_length=12, required=False, help_text="6、9或12位。"
    )
    home_address = forms.CharField(label="现住址", max_length=180)
    community = forms.CharField(
        label="居住地村（社区）", max_length=60, required=False, help_text="12位代码或名称；不填的按现住址查找。"
    )
    phone = forms.CharField(label="联系电话", max_length=30)
    postcode = forms.RegexField(r"^\d{6}$", label="邮政编码", required=False)
    ethnicity = coded("民族", "mz", initial="01")
    nationality = coded("国籍/地区", "gjdq", initial="CHN")
    overseas_status = coded("港澳台侨外", "gatqw", initial="00")
    health = coded("健康状况", "jkzk", initial="10")
    native_place = forms.CharField(label="籍贯", max_length=20, required=False)
    birth_division = forms.CharField(label="出生地区划代码", max_length=12, required=False)
    entry_mode = coded("入学方式", "rxfs", initial="11")
    lodging = coded("就读方式", "jdfs", initial="1")
    had_preschool = forms.ChoiceField(label="是否受过学前教育", choices=YES_NO, required=False)
    only_child = forms.ChoiceField(label="是否独生子女", choices=YES_NO, required=False)
    left_behind = coded("是否留守儿童", "lset", initial="0")
    migrant_child = forms.ChoiceField(label="是否进城务工人员随迁子女", choices=YES_NO, required=False)
    workplace = forms.CharField(
        label="父母工作地村（社区）",
        max_length=60,
        required=False,
        help_text="只对随迁子女：居住地或工作地有一处在本校学区即可，不再要求其他理由（第五条）。",
    )
    inclusive_education = coded("随班就读", "sbjd", initial="0")
    disability = coded("残疾类型", "cjlx", initial="00")
    orphan = forms.ChoiceField(label="是否孤儿", choices=YES_NO, required=False)
    needs_aid = forms.ChoiceField(label="是否需要申请资助", choices=YES_NO, required=False)
    ground = forms.ChoiceField(
        label="学区外入学理由", choices=[("", "居住在本校学区"), *Application.Ground.choices], required=False
    )
    ground_note = forms.CharField(
        label="理由凭据",
        max_length=120,
        required=False,
        help_text="统筹或选派的业务编号，如统2026000012；招商引资的企业和文号。",
    )
    deferral_number = forms.CharField(label="缓学批准文号", max_length=60, required=False)
    exception_reason = forms.CharField(label="特批理由", max_length=200, required=False)
    newcomer_reason = forms.CharField(label="此前没有学籍的原因", max_length=200, required=False)
    namesake_note = forms.CharField(label="不是同一人的依据", max_length=200, required=False)

    def __init__(self, *args, school: School, grade: int = 1, doubtful: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.school = school
        for place in (1, 2):
            self.fields |= guardian_fields(place)
        self.fields["newcomer_reason"].required = grade > 1
        self.fields["namesake_note"].required = doubtful
        if grade == 1:
            del self.fields["newcomer_reason"]
        if not doubtful:
            del self.fields["namesake_note"]

    @property
    def sections(self) -> list[dict]:
        """The fields as the page groups them."""
        rows = [{"title": title, "fields": [self[n] for n in names if n in self.fields]} for title, names in SECTIONS]
        return [row for row in rows if row["fields"]]

    def clean_community(self):
        return self.located("community", self.cleaned_data.get("home_address", ""))

    def clean_workplace(self):
        return self.located("workplace", "")

    def located(self, name: str, address: str) -> Division | None:
        """A community by code, by name, or (none typed) by the name that stands in the address."""
        text, bureau = self.cleaned_data[name].strip(), self.school.bureau
        if not text:
            return next(iter(communities_named_in(address, bureau)), None) if address else None
        known = communities_of(bureau)
        found = list(known.filter(pk=text) if text.isdigit() else known.filter(name=text)[:6])
        if len(found) == 1:
            return found[0]
        if found:
            listed = "、".join(f"{each.name}（{each.pk}）" for each in found)
            raise forms.ValidationError(f"有几个同名的村（社区）：{listed}。请填写其中一个的12位代码。")
        raise forms.ValidationError("没有这个村（社区）。请填写12位代码，或者留空，按现住址查找。")

    def clean(self):
        typed = super().clean()
        for name in DIVISIONS:
            code = (typed.get(name) or "").strip()
            if code and not is_division_code(code):
                self.add_error(name, "不是行政区划代码。请填写6、9或12位数字，或者留空。")
        if typed.get("ground") and not typed.get("ground_note"):
            self.add_error("ground_note", "请填写统筹通知、选派编号，或招商引资的企业和文号（第四条）。")
        elif typed.get("ground") == Application.Ground.PLACED and not self.placed_here(typed["ground_note"]):
            self.add_error(
                "ground_note", "没有这一编号的统筹或选派，或者指定的不是本校。请对照通知填写业务编号（第四条）。"
            )
        if typed.get("member2_name") and not typed.get("member2_relation"):
            self.add_error("member2_relation", "请选择与学生的关系。")
        return typed

    def placed_here(self, number: str) -> bool:
        """The bureau has decided by this case that the school takes the child."""
        decided = Case.objects.filter(number=number.strip(), kind__in=PLACEMENTS, state__in=["issued", "done"])
        return decided.filter(Q(peer_school=self.school) | Q(lead_school=self.school, kind="placement")).exists()

    @property
    def newcomer(self) -> Newcomer:
        typed = self.cleaned_data
        basics = {name: typed[name] for name in (*PLAIN, *CODED)}
        basics |= {name: widen(typed[name]) if typed[name] else "" for name in DIVISIONS}
        basics |= {name: None if typed[name] == "" else typed[name] == "1" for name in BOOLS}
        written = {name: typed[name] for name in APPLIED}
        written |= {name: typed[name] for name in ("newcomer_reason", "namesake_note") if name in typed}
        return Newcomer(
            basics, {place: self.guardian(place) for place in (1, 2) if typed[f"member{place}_name"]}, written
        )

    def guardian(self, place: int) -> dict:
        """One guardian; an empty number leaves the number on record as it is."""
        given = {name: self.cleaned_data[f"member{place}_{name}"] for name in GUARDIAN}
        if not given["id_number"]:
            del given["id_number"]
        return given | {"is_guardian": True, "home_address": self.cleaned_data["home_address"]}


def guardian_fields(place: int) -> dict:
    first = place == 1
    fields = {
        "name": forms.CharField(label="姓名", max_length=36, required=first),
        "relation": forms.ChoiceField(label="与学生关系", choices=[("", "请选择"), *RELATIONS], required=first),
        "phone": forms.CharField(label="联系电话", max_length=30, required=first),
        "workplace": forms.CharField(label="工作单位", max_length=60, required=False),
        "id_number": forms.CharField(label="身份证件号", max_length=20, required=False, help_text="不改的留空。"),
    }
    return {f"member{place}_{name}": field for name, field in fields.items()}


class SignatureForm(forms.Form):
    signed_on = forms.DateField(label="签字日期", widget=day_input())
    signer = forms.CharField(label="签字的监护人", max_length=60)
    relation = forms.ChoiceField(label="与学生关系", choices=RELATIONS)

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day > clock.today():
            raise forms.ValidationError("签字日期不能晚于今日。")
        return day


def initial_of(child) -> dict:
    """What the record says already, for the form of amending."""
    applied = child.application
    known = {name: getattr(child, name) for name in (*PLAIN, *CODED, *DIVISIONS)}
    known |= {name: {True: "1", False: "0"}.get(getattr(child, name), "") for name in BOOLS}
    known |= {name: getattr(applied, f"{name}_id") or "" for name in ("community", "workplace")}
    known |= {name: getattr(applied, name) for name in (*APPLIED[2:], "newcomer_reason", "namesake_note")}
    for member in child.family.all():
        known |= {f"member{member.position_in_form}_{n}": getattr(member, n) for n in GUARDIAN if n != "id_number"}
    return known
