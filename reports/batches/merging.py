"""Many tagged PDFs as one, its tags included: a screen reader finds every page of the merged file as well."""

import io
from collections.abc import Iterable

from ..rendering import LANGUAGE


def merged(files: Iterable[bytes]) -> tuple[bytes, int]:
    """The files one after another as one PDF/UA file, and its number of pages; empty ones are passed over.

    Raises ValueError when there is no page at all.
    """
    import pikepdf  # slow import: only whoever prints pays for it

    sources = []
    with pikepdf.new() as whole:
        tags = Tags(pikepdf, whole)
        for content in filter(None, files):
            source = pikepdf.open(io.BytesIO(content))
            sources.append(source)  # its streams are read when the whole is saved
            first = len(whole.pages)
            whole.pages.extend(source.pages)
            tags.take_over(source, list(whole.pages)[first:])
        if not sources:
            raise ValueError("no pages to merge")
        tags.finish(sources[0])
        target = io.BytesIO()
        whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        pages = len(whole.pages)
    for source in sources:
        source.close()
    return target.getvalue(), pages


class Tags:
    """The structure tree of the whole: one document element, the pages' numbers shifted file by file."""

    def __init__(self, pikepdf, whole):
        self.pikepdf, self.whole, self.shift = pikepdf, whole, 0
        self.numbers = pikepdf.Array()
        self.document = whole.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, K=pikepdf.Array())
        )

    def take_over(self, source, pages) -> None:
        """The tags of `source`, whose pages have just been appended as `pages`."""
        tree = self.whole.copy_foreign(source.Root.StructTreeRoot)
        for element in tree.K[0].K:
            element.P = self.document
            self.document.K.append(element)
        pairs, last = tree.ParentTree.Nums, -1
        for at in range(0, len(pairs), 2):
            last = max(last, int(pairs[at]))
            self.numbers.append(int(pairs[at]) + self.shift)
            self.numbers.append(pairs[at + 1])
        for page in pages:
            page.obj.StructParents = int(page.obj.StructParents) + self.shift
        self.shift += last + 1

    def finish(self, first) -> None:
        """The root of the tree, and what else makes the file PDF/UA: language, mark, title of the first file."""
        Dictionary, root = self.pikepdf.Dictionary, self.whole.Root
        tree = Dictionary(
            Type=self.pikepdf.Name.StructTreeRoot,
            K=self.pikepdf.Array([self.document]),
            ParentTree=Dictionary(Nums=self.numbers),
        )
        root.StructTreeRoot = self.whole.make_indirect(tree)
        self.document.P = root.StructTreeRoot
        root.Lang = self.pikepdf.String(LANGUAGE)
        root.MarkInfo = Dictionary(Marked=True)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        root.Metadata = self.whole.copy_foreign(first.Root.Metadata)
        self.whole.docinfo["/Title"] = first.docinfo["/Title"]
