"""From the lines of a book to the pages of its paper: plain values, page by page, 续表 from the second page on."""

from collections.abc import Iterator

from ..paging import ROWS_A_PAGE, cuts
from ..wording import day
from . import cards
from .blanks import LEDGER_SIGNERS, PROOFS, heads_of
from .kinds import BookKind, Kind
from .models import BookPart
from .reading import Line, Reading, Scope

BOOK_NAMES = {"records": "学籍数", "chairs": "在校生数"}
TABLES = {Kind.CARDS: "学籍卡目录", Kind.TRANSFERS: "转学联系表目录"}
DIGEST_SHOWN = 16


def papers_of(
    what: BookKind, scope: Scope, reading: Reading, part: BookPart | None = None
) -> Iterator[tuple[str, dict, Line | None]]:
    """(form, content, line) of every paper of a book: the table with its cover, then what each line brings along."""
    yield what.form, table_of(what, scope, reading, part), None
    for line in reading.lines:
        if what.kind == Kind.CARDS:
            yield "registry_card", {"cards": [cards.whole(line.cells)], "decision": line.cells["status"]}, line
        elif what.kind == Kind.TRANSFERS:
            if line.cells.get("form"):
                yield "transfer_contact", line.cells["form"], line
            yield "transfer_proofs", proofs_of(line), line


def count_of(what: BookKind, lines: int) -> int:
    """How many pages to expect, about."""
    more = {Kind.CARDS: 2 * lines, Kind.TRANSFERS: 2 * lines}.get(what.kind, 0)
    return 1 + lines // ROWS_A_PAGE + more


def table_of(what: BookKind, scope: Scope, reading: Reading, part: BookPart | None) -> dict:
    """The pages of the table: a class begins a new page, a page with nothing says so."""
    sections = reading.sections or {"": []}
    pages = [page for name, lines in sections.items() for page in pages_of(what, scope, reading, name, lines, part)]
    pages[-1]["foot"] += balance_words(reading)
    content = {"heads": heads_of(what.columns_of(part)), "pages": pages, "decision": decision_of(what, reading, part)}
    return content | ({"cover": cover_of(what, reading, part)} if part else {})


def pages_of(
    what: BookKind, scope: Scope, reading: Reading, name: str, lines: list[Line], part: BookPart | None
) -> Iterator[dict]:
    """The pages of one section; men and women are counted on the last, increases and decreases on each."""
    roster = what.kind in (Kind.NEWCOMERS, Kind.GRADUATES)
    title = title_of(what, part)
    top = [f"学校：{scope.school.name if part is None else part.school_name}", name or scope.period.name]
    top.append(f"班主任：{reading.heads.get(name, '')}" if roster else f"{day(scope.first)}至{day(scope.until)}")
    top.append(f"编号：{part.number}" if part else "（未结册）")
    columns = what.columns_of(part)
    chunks = [lines[cut] for cut in cuts([line.cells for line in lines], columns)] or [[]]
    for number, chunk in enumerate(chunks):
        last = number == len(chunks) - 1
        foot = tally_of(what, chunk, lines, last)
        signs = signers_of(roster, scope) if last else []
        rows = [[str(line.cells.get(column.key, "")) for column in columns] for line in chunk]
        yield {
            "title": f"{title}（续表）" if number else title,
            "top": top,
            "rows": rows,
            "foot": foot,
            "signs": signs,
        }


def title_of(what: BookKind, part: BookPart | None) -> str:
    title = TABLES.get(what.kind, what.title)
    return f"{title}（更正页第{part.amendment}号）" if part and part.amendment else title


def signers_of(roster: bool, scope: Scope) -> list[str]:
    if not roster:
        return list(LEDGER_SIGNERS)
    bureau = f"{scope.school.bureau}审核（盖章）：　　　年　　月　　日"
    return ["班主任：", "学籍管理员：", "校长（学校盖章）：", bureau]


def tally_of(what: BookKind, chunk: list[Line], lines: list[Line], last: bool) -> list[str]:
    """What stands under a page."""
    if not lines:
        return []  # the table itself says so
    if what.kind in (Kind.MOVEMENTS, Kind.TRANSFERS):
        words = ("转入", "转出") if what.kind == Kind.TRANSFERS else ("增", "减")
        came = sum(line.cells["side"] in ("in", "转入") for line in chunk)
        return [f"本页合计　{words[0]}{came}　{words[1]}{len(chunk) - came}"]
    boys = sum(line.cells["sex"] == "男" for line in lines)
    sealed = ["验印日期：＿＿＿＿＿＿"] if what.kind == Kind.GRADUATES else []
    return [f"男{boys}　女{len(lines) - boys}　合计{len(lines)}", *sealed] if last else []


def balance_words(reading: Reading) -> list[str]:
    """期初 + 增 − 减 = 期末 of both numbers."""
    return [
        f"{words}：期初{f['opening']}＋增{f['in']}－减{f['out']}＝期末{f['closing']}"
        for name, words in BOOK_NAMES.items()
        if (f := reading.figures.get(name))
    ]


def decision_of(what: BookKind, reading: Reading, part: BookPart | None) -> str:
    words = f"{len(reading.lines)}{what.noun}"
    return f"已结册，{words}" if part else f"未结册，{words}"


def cover_of(what: BookKind, reading: Reading, part: BookPart) -> dict:
    """封面: which book it is, who closed it, and by what its content is known again."""
    book = part.book
    lines = [
        ("学　　校", f"{part.school_name}（{part.school.code}）"),
        ("学年学期", book.period.name),
        ("编　　号", part.number),
        ("起　　止", f"{day(part.first)}至{day(part.until)}"),
        ("登　　记", f"{len(reading.lines)}{what.noun}"),
        *(words.split("：") for words in balance_words(reading)),
        ("结册日期", day(part.closed_on)),
        ("学籍管理员", part.made_by.name or part.made_by.username),
        ("校　　长", part.checked_by.name or part.checked_by.username),
        ("内容摘要", part.digest[:DIGEST_SHOWN]),
    ]
    if part.amendment:
        lines.insert(3, ("更正何册", f"{book.parts.get(amendment=0).number}，理由：{part.reason}"))
    return {
        "title": part.what.title,
        "sub": f"更正页第{part.amendment}号" if part.amendment else "",
        "lines": [{"label": label, "value": value} for label, value in lines],
        "short": part.number,
    }


def proofs_of(line: Line) -> dict:
    """转学证明材料清单 of one transfer."""
    cells = line.cells
    rows = [
        [
            str(number),
            paper["label"],
            paper["state"],
            "\n".join(filter(None, (paper["checked_by"], paper["checked_on"]))),
            "\n".join(digest[:DIGEST_SHOWN] for digest in paper["scans"]),
        ]
        for number, paper in enumerate(cells["papers"], 1)
    ]
    return {
        "order": cells["order"],
        "name": cells["name"],
        "side": cells["side"],
        "where": cells["where"],
        "day": cells["day"],
        "case": cells["case"],
        "heads": heads_of(PROOFS),
        "rows": rows,
        "decision": cells["case"],
    }
