"""What a person does not see on opening a list: it is read like the rest, with a word, since people forget filters."""

from collections.abc import Iterable

from students.importing.findings import ERROR, WARNING, Finding, column_letter
from students.importing.prescan import BookScan, SheetScan

_SPANS = 20


def hidden_rows(scanned: SheetScan, numbers: Iterable[int], act: str) -> list[Finding]:
    """One sentence about those of these rows that are hidden; `act` is what is done with them all the same."""
    found = sorted(set(numbers) & scanned.hidden_rows)
    if not found:
        return []
    message = f"含隐藏行 {len(found)} 行（第 {spans_of(found)} 行），也会{act}"
    return [Finding(WARNING, scanned.name, found[0], "", "", "hidden_rows", "", message, "请确认是否忘了取消筛选")]


def hidden_columns(scanned: SheetScan, columns: Iterable[tuple[int, str, str]], act: str) -> list[Finding]:
    """A sentence for each hidden one of these columns: index, header, what people call it."""
    return [
        Finding(WARNING, scanned.name, 0, column_letter(index), label, "hidden_column", "",
                f"隐藏的列“{header}”也会{act}")
        for index, header, label in columns
        if index in scanned.hidden_columns
    ]  # fmt: skip


def hidden_sheets(book: BookScan, read: str) -> list[Finding]:
    """Hidden sheets are not read: one sentence, said of the sheet that was."""
    names = "、".join(f"“{sheet.name}”" for sheet in book.sheets if sheet.hidden)
    if not names:
        return []
    remedy = "其中有要用的内容的，请取消隐藏，单独上传"
    return [Finding(WARNING, read, 0, "", "", "hidden_sheets", "", f"隐藏的工作表{names}没有读取", remedy)]


def in_words(rule: str, remedy: str) -> str:
    """What such a finding says, without its place: it is about the whole list."""
    return f"{rule}。{remedy}".rstrip("。") + "。"


def parted(findings: list[dict]) -> tuple[list[dict], list[str]]:
    """The kept findings of a list: what is wrong with it, and the sentences about what is hidden in it."""
    wrong = [each for each in findings if each["level"] == ERROR]
    return wrong, [in_words(each["rule"], each["remedy"]) for each in findings if each["level"] != ERROR]


def spans_of(numbers: list[int]) -> str:
    """3、5—9、12; of many the first ones."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    words = [str(first) if first == last else f"{first}—{last}" for first, last in spans[:_SPANS]]
    return "、".join(words) + ("等" if len(spans) > _SPANS else "")
