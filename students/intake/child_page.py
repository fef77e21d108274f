"""The page of one child in intake: rules that stand in its way, what was typed, signature, originals."""

from django.urls import reverse

from accounts.policies import may
from approvals.presenting import verdict_of
from approvals.rules import judge
from law import clock

from ..dictionary import codes
from ..models import FiledScan, Registration, Student
from . import facts, forms, overflows
from .presenting import reasons_of
from .rules import SHOWN, community_is_mapped

BLOCKING = tuple(each for each in SHOWN if each is not community_is_mapped)


def form_of(child: Student, data=None) -> forms.NewcomerForm:
    applied = child.application
    return forms.NewcomerForm(
        data,
        initial=forms.initial_of(child),
        school=child.school,
        grade=applied.grade or 1,
        doubtful=bool(applied.namesake_note),
    )


def page_of(child: Student, user) -> dict:
    """Context of `students/intake_child.html`."""
    case = Registration.objects.filter(entries__student=child).select_related("lead_school").first()
    waits = case is not None and case.state == Registration.State.FILLED
    keeps = may(user, "make_change", child.school_id)
    judged = facts.of_batch(case, clock.today()).get(child.pk) if case and case.is_open else None
    return {
        "child": child,
        "case": case,
        "applied": child.application,
        "keeps": keeps and waits,
        "files": keeps,
        "lines": lines_of(child),
        "form": form_of(child) if keeps and waits else None,
        "signature": forms.SignatureForm(initial=signature_of(child)) if keeps and waits else None,
        "originals": originals_of(child),
        "acts": {
            act: reverse("intake:act", args=[child.slug, act]) for act in ("sign", "original", "take_out", "report")
        },
        "overflow": overflows.of_child(child, judged if waits else None),
        **(verdict_of(judge(BLOCKING, judged)) if judged else {}),
        "warned": next(iter(reasons_of(judge([community_is_mapped], judged).broken, False)), None) if judged else None,
        "today": clock.today(),
    }


def lines_of(child: Student) -> list[dict]:
    """What was searched for and stays as it is."""
    number, papers = child.id_number, codes.table("sfzjlx").name_of(child.id_type)
    said = child.application.search
    return [
        {"label": "姓名", "value": child.name},
        {"label": "性别", "value": child.sex_name},
        {"label": "出生日期", "value": f"{child.birth_date:%Y年%-m月%-d日}"},
        {"label": "身份证件号", "value": f"{number.masked}（{papers}）" if number else "无"},
        {"label": "学籍号", "value": child.registry_number.masked if child.registry_number else "注册后编发"},
        {"label": "查重", "value": f"{said.legal_date:%Y年%-m月%-d日} {said.said}" if said else "随名册比对"},
        {"label": "居住地村（社区）", "value": str(child.application.community or "未填")},
    ]


def signature_of(child: Student) -> dict:
    """The last signature, else today and the first guardian."""
    applied, first = child.application, child.family.order_by("position_in_form").first()
    return {
        "signed_on": applied.signed_on or clock.today(),
        "signer": applied.signer or (first.name if first else ""),
        "relation": applied.signer_relation or (first.relation if first else ""),
    }


def originals_of(child: Student) -> list[dict]:
    """Each paper that is filed for ever, with its scans."""
    scans = list(child.application.scans.all())
    return [
        {
            "paper": paper.value,
            "label": paper.label,
            "scans": [
                {
                    "url": reverse("intake:scan", args=[each.pk]),
                    "name": f"{paper.label} {each.uploaded_at:%Y-%m-%d}",
                    "kind": "pdf" if each.mime == "application/pdf" else "image",
                }
                for each in scans
                if each.paper == paper
            ],
        }
        for paper in FiledScan.Paper
    ]
