"""The blank sheets of the five books, and how each is entered in the registry of forms."""

from ..paging import ROWS_A_PAGE
from ..rosters import GRADUATES, NEWCOMERS, Column
from . import cards, movements, transfers

SIGNERS = ("班主任：", "学籍管理员：", "校长（学校盖章）：", "县教育局审核（盖章）：　　　年　　月　　日")
LEDGER_SIGNERS = ("填表人：", "学籍管理员：", "校长（签字、学校盖章）：", "　　　年　　月　　日")
PROOFS = (
    Column("order", "序号", 11), Column("label", "材料", 54), Column("state", "交验", 17),
    Column("checked_by", "核验人", 37), Column("scans", "扫描件摘要", 41),
)  # fmt: skip


def heads_of(columns: tuple[Column, ...]) -> list[dict]:
    return [{"label": column.label, "width": str(column.width)} for column in columns]


def blank_table(title: str, columns: tuple[Column, ...], foot: list[str], signs: tuple[str, ...]) -> dict:
    """One page of empty numbered lines."""
    rows = [[str(n), *[""] * (len(columns) - 1)] for n in range(1, ROWS_A_PAGE + 1)]
    top = ["学校：＿＿＿＿＿＿＿＿＿＿", "＿＿＿＿学年度第＿＿学期", "编号："]
    page = {"title": title, "top": top, "rows": rows, "foot": foot, "signs": list(signs)}
    return {"heads": heads_of(columns), "pages": [page], "decision": "空白表"}


def newcomers_book(about: None) -> dict:
    return blank_table("新生花名册", NEWCOMERS, ["男＿＿　女＿＿　合计＿＿"], SIGNERS)


def graduates_book(about: None) -> dict:
    foot = ["男＿＿　女＿＿　合计＿＿", "验印日期：＿＿＿＿＿＿"]
    return blank_table("毕业生花名册", GRADUATES, foot, SIGNERS)


def movements_book(about: None) -> dict:
    foot = ["本页合计　增＿＿　减＿＿", "期初人数＿＿＋增＿＿－减＿＿＝期末人数＿＿"]
    return blank_table("学生增加（减少）情况登记表", movements.COLUMNS, foot, LEDGER_SIGNERS)


def transfers_book(about: None) -> dict:
    foot = ["本页合计　转入＿＿　转出＿＿"]
    return blank_table("转学联系表目录", transfers.COLUMNS, foot, LEDGER_SIGNERS)


def cards_book(about: None) -> dict:
    return blank_table("学籍卡目录", cards.COLUMNS, ["合计＿＿张"], LEDGER_SIGNERS)


def transfer_proofs(about: None) -> dict:
    rows = [[str(n), *[""] * (len(PROOFS) - 1)] for n in range(1, ROWS_A_PAGE + 1)]
    return {"heads": heads_of(PROOFS), "rows": rows, "decision": "空白表"}


# code, title, data, page, layout, a function for one child of a class
REGISTERED = (
    ("newcomers_book", "新生花名册（学籍簿册）", newcomers_book, "sheet", "book_table", None),
    ("movements_book", "学生增加（减少）情况登记表", movements_book, "sheet", "book_table", None),
    ("cards_book", "学籍卡（学籍簿册）", cards_book, "sheet", "book_table", None),
    ("transfers_book", "转学联系表（学籍簿册）", transfers_book, "sheet", "book_table", None),
    ("graduates_book", "毕业生花名册（学籍簿册）", graduates_book, "sheet", "book_table", None),
    ("registry_card", "学籍卡", cards.registry_card, "card", "registry_card", cards.card_of_child),
    ("transfer_proofs", "转学证明材料清单", transfer_proofs, "list", "transfer_proofs", None),
)
