"""What of PDF/UA-1 (ISO 14289-1) can be looked up in a file without a validator; a validator sees more than this.

Told as sentences, so that a failing form says what is wrong with it. Not looked at: reading order, contrast, whether a
heading is one, and whether the words of an alternative are good ones.
"""

import io
from collections.abc import Iterator

import pikepdf

PAINTS = {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "EI"}


def faults_of_tags(pdf: bytes) -> list[str]:
    """What keeps the file from being tagged throughout; empty when nothing was found."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        if "/StructTreeRoot" not in root:
            return ["no structure tree"]
        faults = list(faults_of_root(document, root))
        elements = list(elements_of(root.StructTreeRoot.K))
        faults += [fault for element in elements for fault in faults_of(element)]
        marks = {(element.Pg.objgen, int(mark)) for element in elements for mark in marks_of(element)}
        for number, page in enumerate(document.pages, 1):
            faults += [f"page {number}: {fault}" for fault in faults_of_page(page, marks)]
    return faults


def faults_of_root(document, root) -> Iterator[str]:
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        yield "not marked"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield "the title is not shown"
    if not str(document.docinfo.get("/Title", "")):
        yield "no title"
    if b'pdfuaid:part="1"' not in root.Metadata.read_bytes():
        yield "does not say that it is PDF/UA"


def elements_of(kids) -> Iterator:
    """All structure elements, each after its parent."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements_of(kid.get("/K", pikepdf.Array()))


def marks_of(element) -> Iterator[int]:
    kids = element.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if not isinstance(kid, pikepdf.Dictionary):
            yield kid
        elif "/MCID" in kid:
            yield kid.MCID


def faults_of(element) -> Iterator[str]:
    kind = str(element.S)
    if kind == "/Figure" and not str(element.get("/Alt", "")):
        yield "a figure without words"
    if kind == "/TH" and scope_of(element) not in ("/Row", "/Column", "/Both"):
        yield "a table head without scope"
    if kind in ("/TD", "/TH") and str(element.P.S) != "/TR":
        yield f"{kind} outside a row"
    if kind == "/Table" and (parts := {str(part.S) for part in element.K}) >= {"/THead"} and "/TBody" not in parts:
        yield "a table of heads alone"


def scope_of(element) -> str:
    told = element.get("/A", pikepdf.Array())
    for attributes in told if isinstance(told, pikepdf.Array) else [told]:
        if isinstance(attributes, pikepdf.Dictionary) and "/Scope" in attributes:
            return str(attributes.Scope)
    return ""


def faults_of_page(page, marks) -> Iterator[str]:
    """Everything drawn is either an artifact or belongs to a tag of this page; a form drawn whole counts as one."""
    opened = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BMC", "BDC"):
            opened.append(belongs(page, operands, marks))
        elif name == "EMC":
            opened.pop()
        elif name in PAINTS and not any(opened):
            yield f"{name} is neither tagged nor an artifact"
            return
    if str(page.obj.get("/Tabs", "")) != "/S":
        yield "no tab order"


def belongs(page, operands, marks) -> bool:
    if str(operands[0]) == "/Artifact":
        return True
    mark = operands[1].get("/MCID") if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else None
    return mark is not None and (page.obj.objgen, int(mark)) in marks
