"""`check_transfer CASES.json`: the verdict on a list of intended transfers, as JSON; no child need exist."""

import json
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from law import clock
from schools.models import School
from students.models import Student
from transfers.checking import as_json, verdict_for

# A state may be given by our code, in Chinese, or by the county's two-letter code.
COUNTY_CODES = {
    "zd": "enrolled",
    "xx": "suspended",
    "cx": "dropped_out",
    "zc": "moved_away",
    "by": "graduated",
    "jy": "completed",
    "sw": "deceased",
    "cj": "abroad",
    "sx": "in_custody",
}
STATES = COUNTY_CODES | {label: code for code, label in Student.Status.choices} | {c: c for c in Student.Status.values}


class Command(BaseCommand):
    help = "逐条判断转学能否办理：check_transfer CASES.json"

    def add_arguments(self, parser):
        parser.add_argument(
            "file", help="JSON 文件：[{id, from_school|from_division, to_school|to_division, grade, ground, …}]"
        )

    def handle(self, *, file, **_):
        try:
            cases = json.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"读不出 {file}：{error}。请给出 UTF-8 编码的 JSON 列表。") from error
        if not isinstance(cases, list):
            raise CommandError(f"{file} 应是一个列表：[{{…}}, {{…}}]。")
        schools = {school.code: school for school in School.objects.select_related("bureau")}
        answers = [self.answer(case, schools) for case in cases]
        self.stdout.write(json.dumps(answers, ensure_ascii=False, indent=2))

    def answer(self, case, schools) -> dict:
        """One verdict; a line that cannot be read is answered, the others still are."""
        try:
            verdict = verdict_for(**facts_of(case, schools))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            problem = {"article": "", "message": f"本条无法判断：{error}", "possible_from": None}
            return {"id": case.get("id") if isinstance(case, dict) else None, "verdict": "no", "broken": [problem]}
        return {"id": case.get("id"), "verdict": verdict.word, "broken": [as_json(f) for f in verdict.broken]}


def facts_of(case: dict, schools: dict[str, School]) -> dict:
    """The keywords of `verdict_for` from one JSON object. Raises ValueError in words."""
    return {
        **side_of(case, "from", schools),
        **side_of(case, "to", schools),
        "grade": grade_of(case.get("grade")),
        "ground": str(case.get("ground") or ""),
        "on": date.fromisoformat(case["on"]) if case.get("on") else clock.today(),
        "student_state": state_of(case.get("student_state")),
        "return_home": bool(case.get("return_home_for_exam")),
    }


def side_of(case: dict, side: str, schools: dict[str, School]) -> dict:
    code, division = case.get(f"{side}_school"), case.get(f"{side}_division")
    if code and str(code) in schools:
        return {f"{side}_school": schools[str(code)]}
    if division and len(str(division)) >= 6 and str(division).isdigit():
        return {f"{side}_division": str(division)}
    raise ValueError(f"{side}_school “{code}”不是本县学校标识码，且没有可用的 {side}_division（六位区划代码）")


def grade_of(value) -> int:
    grade = int(value) if value is not None else 0
    if not 1 <= grade <= 9:
        raise ValueError(f"grade “{value}”应为 1 至 9")
    return grade


def state_of(value) -> str:
    if value in (None, ""):
        return Student.Status.ENROLLED
    if value not in STATES:
        raise ValueError(f"student_state “{value}”不是学籍状态，可用：{'、'.join(Student.Status.labels)}")
    return STATES[value]
