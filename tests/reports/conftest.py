"""Prints of the small county: the forms by whoever stands at the counter, and what their PDFs say."""

import io
import os
from pathlib import Path

import pikepdf
import pytest

from accounts.roles import Role
from reports.forms import FORMS
from reports.services import print_form
from students.models import FamilyMember
from tests.county import staff_member

ADDRESS = "https://xueji.example.gov.cn/verify/"


def address_of(token):
    return ADDRESS + token


def registrar_of(case):
    return staff_member(Role.REGISTRAR, case.lead_school)


@pytest.fixture
def printed():
    """printed("transfer_contact", case) → Printed, by the registrar of the receiving school."""

    def make(form, case=None, by=None):
        return print_form(FORMS[form], case, by=by or registrar_of(case), address_of=address_of)

    return make


def keep(name: str, pdf: bytes) -> None:
    """With PRINTS_DIR set, the PDFs of the tests are kept there to be looked at."""
    if folder := os.environ.get("PRINTS_DIR"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, f"{name}.pdf").write_bytes(pdf)


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


@pytest.fixture
def family():
    """Two guardians with everything filled in."""

    def make(child, names=("其其格·娜仁", "王𬭼")):
        for position, (name, relation) in enumerate(zip(names, ("52", "51"), strict=True), 1):
            FamilyMember.objects.create(
                student=child,
                position_in_form=position,
                name=name,
                relation=relation,
                phone="13800000000",
                workplace="建平县叶柏寿街道某商店",
                is_guardian=True,
            )
        return child

    return make
