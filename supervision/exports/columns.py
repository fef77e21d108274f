"""Which columns may be asked for; numbers and addresses are named as sensitive where they are chosen."""

from students.dictionary.fields import by_attribute

SCHOOL = "school"
OFFERED = (
    "name",
    "sex",
    "birth_date",
    "ethnicity",
    "registry_number",
    "id_number",
    "class_number",
    "household_division",
    "home_address",
    "phone",
    "left_behind",
    "disability",
)
SENSITIVE = {"registry_number", "id_number", "home_address", "phone", "disability"}


def label_of(attribute: str) -> str:
    return "学校" if attribute == SCHOOL else "班级" if attribute == "class_number" else by_attribute(attribute).label


def choices() -> list[tuple[str, str]]:
    """(attribute, label) of every column that may be asked for."""
    named = [(each, label_of(each)) for each in (SCHOOL, *OFFERED)]
    return [(each, f"{label}（敏感）" if each in SENSITIVE else label) for each, label in named]
