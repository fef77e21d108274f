"""How sentences name children: the first of them, and how many there are."""

NAMED = 10
GLANCED = 5


def named(names: list[str]) -> str:
    """All names where there are few, else the first ten and the count."""
    return "、".join(names[:NAMED]) + (f"等{len(names)}名学生" if len(names) > NAMED else "")


def glanced(names: list[str]) -> str:
    """The first five of names nobody has counted: the rest were not asked for."""
    return "、".join(names[:GLANCED]) + ("等" if len(names) > GLANCED else "")
