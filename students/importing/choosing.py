"""What a column is, said by people: kept with the upload, and remembered for the school's next one."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from law import clock
from schools.models import School
from students.dictionary.fields import FIELDS
from students.importing.headers import Choice
from students.models import ImportFile, RememberedColumn


def remembered(school: School) -> dict[str, str]:
    """Header → attribute ("" for a column to be left out), as the school has said before."""
    rows = RememberedColumn.objects.filter(school=school)
    known = {field.attribute for field in FIELDS} | {""}
    return {header: name for header, name in rows.values_list("header", "attribute") if name in known}


def choice_for(school: School) -> Choice:
    """The choice that a new upload of the school begins with."""
    return Choice(known=remembered(school))


def choice_of(file: ImportFile) -> Choice:
    """What was said about this upload, and what the school had said before."""
    said = file.choice
    known = remembered(file.school)
    columns, as_typed = said.get("columns", {}), said.get("as_typed", ())
    return Choice(said.get("sheet", ""), said.get("head", 0), columns, known, as_typed)


def remember(school: School, mapping: Iterable[Mapping], meant: Mapping[str, str], by: User) -> None:
    """Keep what people say otherwise than the headers do; forget what agrees with them again.

    `mapping`: the columns as read (`headers.mapping_of`), `meant`: letter → attribute.
    """
    for column in mapping:
        said, key = meant.get(column["column"]), column["key"]
        if said is None or not key or said == column["attribute"]:
            continue
        about = {"school": school, "header": key}
        if said and said == column["plain"]:
            RememberedColumn.objects.filter(**about).delete()
        else:
            kept = {"attribute": said, "said_by": by, "said_on": clock.today()}
            RememberedColumn.objects.update_or_create(**about, defaults=kept)
