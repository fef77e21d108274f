"""Many tagged PDFs as one, its tags included: a screen reader finds every page of the merged file as well.

The objects of a file are written out with shifted numbers as soon as it is read, and forgotten: a page has some three
hundred, and a book of thousands of pages held as objects would take gigabytes. So it does in qpdf, through pikepdf: one
document into which all others are copied held 2,063 MB for 2,000 tagged pages; hence written by hand, and never held
whole: the file goes to its target as it grows, and 6,000 pages of 131 MB take a process 52 MB beyond what it is.
"""

import io
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from ..rendering import LANGUAGE

CATALOG, PAGES, TREE, DOCUMENT, METADATA, INFO = range(1, 7)
PACKED = 200  # objects compressed together
PLACE = 8  # bytes of a place in the table of objects: kind, offset or pack, order in the pack
# In written objects a bracket inside a string is escaped, so a string is never mistaken for a reference.
REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]*>|\b(\d+) 0 R\b", re.DOTALL)


class Target(Protocol):
    """Where a merged file goes as it grows: to the disk under seal, or for a few pages into memory."""

    def write(self, data: bytes) -> object: ...


def merge(files: Iterable[bytes], target: Target) -> int:
    """Write the files one after another as one PDF/UA file; the number of its pages. Empty ones are passed over.

    Raises ValueError when there is no page at all.
    """
    whole = Whole(target)
    for content in filter(None, files):
        whole.take_over(content)
    if not whole.leaves:
        raise ValueError("no pages to merge")
    whole.finish()
    return len(whole.leaves)


def merged(files: Iterable[bytes]) -> bytes:
    """A few pages as one file. One alone is whole already: writing it anew would cost half of what printing it did.

    Raises ValueError when there is no page at all.
    """
    few = list(filter(None, files))
    if len(few) == 1:
        return few[0]
    target = io.BytesIO()
    merge(few, target)
    return target.getvalue()


class Written:
    """A PDF in the making: streams as they come, all else packed by the hundred and compressed."""

    def __init__(self, target: Target):
        self.target, self.size, self.places, self.pack, self.top = target, 0, bytearray(), [], INFO
        self.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def write(self, data: bytes) -> None:
        self.target.write(data)
        self.size += len(data)

    def new_number(self) -> int:
        self.top += 1
        return self.top

    def place(self, number: int, kind: int, where: int, order: int = 0) -> None:
        missing = (number + 1) * PLACE - len(self.places)
        self.places.extend(bytes(max(missing, 0)))
        entry = kind.to_bytes(1, "big") + where.to_bytes(5, "big") + order.to_bytes(2, "big")
        self.places[number * PLACE : (number + 1) * PLACE] = entry

    def add(self, number: int, text: bytes) -> None:
        """One object that is no stream."""
        self.pack.append((number, text))
        if len(self.pack) == PACKED:
            self.close_pack()

    def add_stream(self, number: int, head: bytes, data: bytes) -> None:
        """One stream under its dictionary."""
        self.place(number, 1, self.size)
        for piece in (b"%d 0 obj\n%s\nstream\n" % (number, head), data, b"\nendstream\nendobj\n"):
            self.write(piece)

    def close_pack(self) -> None:
        if not self.pack:
            return
        own, heads, at = self.new_number(), [], 0
        for order, (number, text) in enumerate(self.pack):
            self.place(number, 2, own, order)
            heads.append(b"%d %d" % (number, at))
            at += len(text) + 1
        head = b" ".join(heads) + b"\n"
        data = zlib.compress(head + b"\n".join(text for _, text in self.pack))
        about = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>"
        self.pack = []
        self.add_stream(own, about % (len(heads), len(head), len(data)), data)

    def close(self) -> None:
        self.close_pack()
        own, start = self.new_number(), self.size
        self.place(own, 1, start)
        about = b"<< /Type /XRef /Size %d /W [1 5 2] /Root %d 0 R /Info %d 0 R /Filter /FlateDecode /Length %d >>"
        data = zlib.compress(self.places)
        self.add_stream(own, about % (own + 1, CATALOG, INFO, len(data)), data)
        self.write(b"startxref\n%d\n%%%%EOF\n" % start)


class Whole:
    """The merged file: one list of pages and one document element; the pages' numbers are shifted file by file."""

    def __init__(self, target: Target):
        self.out, self.leaves, self.tags, self.parents = Written(target), [], [], []
        self.shift, self.first = 0, None

    def take_over(self, content: bytes) -> None:
        """Everything of one file that its pages and tags need."""
        import pikepdf  # slow import: only whoever prints pays for it

        with pikepdf.open(io.BytesIO(content)) as source:
            tree, moved = source.Root.StructTreeRoot, Moved(source, self.out.top)
            self.out.top += moved.count
            if self.first is None:
                self.first = source.Root.Metadata.read_bytes(), source.docinfo["/Title"].unparse()
            self.take_pages(source, moved)
            self.tags += [moved.text(element) for element in tree.K[0].K]
            self.take_parents(marks_of(tree.ParentTree), moved)
            for number, one in moved.others(pikepdf.Stream):
                if isinstance(one, pikepdf.Stream):
                    self.out.add_stream(number, moved.inside(one.stream_dict), one.read_raw_bytes())
                else:
                    self.out.add(number, moved.inside(one))

    def take_pages(self, source, moved: "Moved") -> None:
        """The pages, each told its number among the tags of the whole."""
        for page in source.pages:
            page.obj.StructParents = int(page.obj.StructParents) + self.shift
            self.leaves.append(moved.text(page.obj))

    def take_parents(self, pairs: Iterable, moved: "Moved") -> None:
        """Which tags the marks of each page belong to: a leaf of the tree of the whole, written and forgotten."""
        told = {int(number) + self.shift: moved.text(tags) for number, tags in pairs}
        if told:
            leaf = self.out.new_number()
            nums = b" ".join(b"%d %s" % pair for pair in told.items())
            self.out.add(leaf, b"<< /Limits [%d %d] /Nums [%s] >>" % (min(told), max(told), nums))
            self.parents.append(b"%d 0 R" % leaf)
            self.shift = max(told) + 1

    def finish(self) -> None:
        """The root of the whole and what else makes it PDF/UA: language, mark, and the title of the first file."""
        out, (metadata, title) = self.out, self.first
        about = b"<< /Type /Metadata /Subtype /XML /Length %d >>" % len(metadata)
        out.add_stream(METADATA, about, metadata)
        out.add(INFO, b"<< /Title %s >>" % title)
        out.add(PAGES, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self.leaves), b" ".join(self.leaves)))
        out.add(DOCUMENT, b"<< /Type /StructElem /S /Document /P 3 0 R /K [%s] >>" % b" ".join(self.tags))
        parents = b" ".join(self.parents)
        out.add(TREE, b"<< /Type /StructTreeRoot /K [4 0 R] /ParentTree << /Kids [%s] >> >>" % parents)
        out.add(
            CATALOG,
            b"<< /Type /Catalog /Pages 2 0 R /StructTreeRoot 3 0 R /Metadata 5 0 R /Lang (%s)"
            b" /MarkInfo << /Marked true >> /ViewerPreferences << /DisplayDocTitle true >> >>" % LANGUAGE.encode(),
        )
        out.close()


def branches(tree) -> Iterator:
    """A number tree and all below it."""
    yield tree
    for branch in tree.get("/Kids", ()):
        yield from branches(branch)


def marks_of(tree) -> Iterator[tuple]:
    """The pairs of a number tree, in order."""
    for branch in branches(tree):
        pairs = list(branch.get("/Nums", ()))
        yield from zip(pairs[::2], pairs[1::2], strict=True)


class Moved:
    """The objects of one source file under their new numbers; its roots are those of the whole."""

    def __init__(self, source, base: int):
        root = source.Root
        self.base, self.objects = base, list(source.objects)
        self.count = max(one.objgen[0] for one in self.objects)
        own = {PAGES: root.Pages, TREE: root.StructTreeRoot, DOCUMENT: root.StructTreeRoot.K[0]}
        self.roots = {one.objgen[0]: number for number, one in own.items()}
        dropped = (root, root.Metadata, source.trailer.get("/Info", root), *branches(root.StructTreeRoot.ParentTree))
        self.dropped = {one.objgen[0] for one in dropped} | set(self.roots)

    def others(self, stream):
        """New number and object of all that is neither a root nor the file's own bookkeeping."""
        for one in self.objects:
            number = one.objgen[0]
            kept = isinstance(one, stream) and str(one.stream_dict.get("/Type", "")) in ("/ObjStm", "/XRef")
            if number not in self.dropped and not kept:
                yield number + self.base, one

    def text(self, one) -> bytes:
        """The object as it stands in another: a reference when it has a number."""
        return b"%d 0 R" % self.number(one.objgen[0]) if one.is_indirect else self.inside(one)

    def inside(self, one) -> bytes:
        """The object itself, its references under their new numbers."""
        return REFERENCE.sub(self.shifted, one.unparse(resolved=True))

    def shifted(self, found) -> bytes:
        return b"%d 0 R" % self.number(int(found[1])) if found[1] else found[0]

    def number(self, old: int) -> int:
        return self.roots.get(old, old + self.base)
