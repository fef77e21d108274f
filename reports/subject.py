"""What a print is about when it is not a case: a class, a school, a list, or one child as it stands today."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from schools.models import School
from students.models import Student


@dataclass(frozen=True)
class Sheet:
    """What such a print is about: its content, whose it is, its name on the genuineness page, the children named."""

    content: dict
    schools: tuple[int, ...]
    subject: str
    school: School | None = None
    children: Iterable[Student] = field(default=())
    child: Student | None = None
