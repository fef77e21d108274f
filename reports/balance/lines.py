"""The lines of the balance: which causes make up each, in the order of the printed table."""

from dataclasses import dataclass

from approvals.kinds import by_kind

from .spells import Book

SCOPES = ("县内", "市内跨县", "省内跨市", "跨省", "未登记")


@dataclass(frozen=True)
class Line:
    """A line of one side and the raw causes it gathers."""

    code: str
    label: str
    hows: tuple[str, ...]

    def belongs_to(self, book: str) -> bool:
        """Drawn even when nothing is on it: a state of the record moves no record, an unknown scope is no line."""
        chairs_only = all(how.startswith(("kind/", "送教上门")) for how in self.hows)
        return bool(self.hows) and "未登记" not in self.label and (book == Book.CHAIRS or not chairs_only)


def _scoped(code: str, word: str) -> list[Line]:
    labels = {scope: f"{word}（{scope}）" for scope in SCOPES} | {"未登记": f"{word}（未登记范围）"}
    return [Line(f"{code}{n}", labels[scope], (f"{word}/{scope}",)) for n, scope in enumerate(SCOPES)]


COMINGS = [
    Line("registered", "建籍", ("建籍", "kind/registration")),
    Line("entered", "招生、升入初中", ("招生", "招生入学")),
    *_scoped("moved", "转入"),
    Line("resumed", "复学", ("kind/resumption",)),
    Line("returned", "返校（辍学）", ("kind/return_to_school",)),
    Line("home", "归来（出境）", ("kind/home_from_abroad",)),
    Line("released", "转回（专门教育）", ("转回", "kind/release")),
    Line("included", "随班就读、特教", ("kind/inclusion",)),
    Line("taught", "由送教上门回校", ("送教上门", "kind/home_teaching")),
    Line("merged", "学校撤并移入", ("学校撤并", "kind/school_closing")),
    Line("regraded", "年级调整（调入）", ("年级调整",)),
]
GOINGS = [
    Line("graduated", "毕业", ("毕业", "小学毕业升学", "kind/graduation")),
    Line("completed", "修业期满", ("修业期满",)),
    *_scoped("moved", "转出"),
    Line("suspended", "休学", ("kind/suspension",)),
    Line("dropped", "辍学", ("kind/dropout",)),
    Line("abroad", "出境就读", ("kind/abroad",)),
    Line("died", "死亡", ("死亡",)),
    Line("unable", "丧失学习能力离校", ("离校",)),
    Line("included", "随班就读、特教", ("kind/inclusion",)),
    Line("taught", "改送教上门", ("送教上门", "kind/home_teaching")),
    Line("merged", "学校撤并移出", ("学校撤并", "kind/school_closing")),
    Line("deleted", "合并、删除问题学籍", ("合并", "删除")),
    Line("regraded", "年级调整（调出）", ("年级调整",)),
]
SIDES: dict[str, list[Line]] = {"in": COMINGS, "out": GOINGS}
OTHER = Line("other", "其他业务", ())
UNTOLD = Line("untold", "说不出原因", ())
KNOWN = {side: {how: line for line in lines for how in line.hows} for side, lines in SIDES.items()}


def line_of(side: str, how: str) -> Line:
    """The line a cause belongs to; what is no cause of the law, and no case of ours, is untold."""
    if how in KNOWN[side]:
        return KNOWN[side][how]
    return OTHER if how.removeprefix("kind/") in by_kind() else UNTOLD


def hows_of(side: str, code: str, present: set[str]) -> list[str]:
    """The raw causes behind a line among those that occur."""
    return [how for how in present if line_of(side, how).code == code]
