"""The tags of a form put right before its file is written, where the layout engine's own would mislead a reader.

The engine names for each cell every head above it, and takes the label at the left of a value for the head of a column;
and it tags the footer with elements that hang nowhere. ISO 14289-1 asks for heads with a scope and for artifacts.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial

Element = dict


def refer_once(pdf_class: type) -> None:
    """Let the engine's file name its pages once: for each tag it named all of them again."""
    engine = pdf_class.page_references
    if engine.fget.__module__ == pdf_class.__module__:
        pdf_class.page_references = property(partial(references, engine.fget))


def references(engine, pdf) -> tuple[bytes, ...]:
    """How the pages of a file are referred to; anew when there are more."""
    pages = len(pdf.pages["Kids"])
    if vars(pdf).get("referred", (None,))[0] != pages:
        pdf.referred = pages, engine(pdf)
    return pdf.referred[1]


def put_right(document, pdf) -> None:
    """WeasyPrint's finisher: heads get a scope, the words in the margins become artifacts."""
    elements = [one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/StructElem"]
    tell_scopes(elements)
    untag(pdf, adrift(elements))


def tell_scopes(elements: Iterable[Element]) -> None:
    """A head beside values is the head of its row, up to the next head; one among heads is that of its column."""
    rows = defaultdict(list)
    for element in elements:
        if element["S"] in ("/TH", "/TD") and "A" in element:
            rows[element["P"]].append(element)
    for cells in rows.values():
        scope = "/Row" if any(cell["S"] == "/TD" for cell in cells) else "/Column"
        for cell in cells:
            cell.pop("ID", None)  # is the same in the next chunk of a merged file
            cell["A"].pop("Headers", None)
            if cell["S"] == "/TH":
                cell["A"]["Scope"] = scope


def adrift(elements: Iterable[Element]) -> list[Element]:
    """The elements that no path leads to from the document, parents first."""
    found, lost = [], set()
    for element in elements:
        if element["S"] == "/Document":
            root, hung = element.reference, set(element["K"])
        elif element["P"] in lost or (element["P"] == root and element.reference not in hung):
            lost.add(element.reference)
            found.append(element)
    return found


def untag(pdf, lost: Iterable[Element]) -> None:
    """What these elements mark is an artifact: repeated on every page, it says nothing of the child."""
    marks, own = defaultdict(set), {element.reference for element in lost}
    for element in lost:
        marks[element["Pg"]].update(kid for kid in element["K"] if isinstance(kid, int))
    objects = {one.reference: one for one in pdf.objects}
    for page, numbers in marks.items():
        make_artifacts(objects[objects[page]["Contents"]].stream, numbers)
    for parents in objects[objects[pdf.catalog["StructTreeRoot"]]["ParentTree"]]["Nums"][1::2]:
        if isinstance(parents, list):
            parents[:] = ["null" if one in own else one for one in parents]


def make_artifacts(stream: list, numbers: set[int]) -> None:
    """In a page's stream the marks of these numbers, each written as its tag, its number and BDC."""
    for at, part in enumerate(stream):
        if isinstance(part, dict) and part.get("MCID") in numbers:
            stream[at - 1 : at + 2] = "/Artifact", b"", b"BMC"
