"""The text of a PDF as a reader would copy it, read from its own ToUnicode tables."""

import io

import pikepdf

from reports.glyphs import PAIR, SHOWS_TEXT


def text_of(pdf: bytes) -> str:
    said = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            said += _shown(page.obj, page.obj["/Resources"])
    return "".join(said)


def _shown(stream, resources):
    tables, current = {}, {}
    for name, font in resources.get("/Font", {}).items():
        pairs = PAIR.findall(font["/ToUnicode"].read_bytes())
        tables[name] = {int(k, 16): bytes.fromhex(v.decode()).decode("utf-16-be") for k, v in pairs}
    for operands, operator in pikepdf.parse_content_stream(stream):
        if str(operator) == "Tf":
            current = tables[str(operands[0])]
        elif str(operator) in SHOWS_TEXT:
            parts = operands[-1] if isinstance(operands[-1], pikepdf.Array) else [operands[-1]]
            for raw in (bytes(part) for part in parts if isinstance(part, pikepdf.String)):
                yield from (current.get(int.from_bytes(raw[i : i + 2], "big"), "") for i in range(0, len(raw), 2))
    for inner in resources.get("/XObject", {}).values():
        if inner.get("/Subtype") == "/Form":
            yield from _shown(inner, inner.get("/Resources", {}))
