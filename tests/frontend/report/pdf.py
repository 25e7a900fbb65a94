"""What a PDF says and how it is tagged, read by pypdf."""

import io

from pypdf import PdfReader


class Pdf:
    """`raw` is the file; `pages` the words of each page."""

    def __init__(self, raw: bytes):
        self.raw = raw
        self.reader = PdfReader(io.BytesIO(raw))
        self.pages = [page.extract_text() for page in self.reader.pages]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def catalog(self) -> dict:
        return self.reader.root_object

    @property
    def alternatives(self) -> int:
        """How many figures have words for who cannot see them."""
        return sum(one.get("/S") == "/Figure" and "/Alt" in one for one in self._tags(self.catalog["/StructTreeRoot"]))

    def _tags(self, node):
        children = node.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            one = child.get_object()
            if isinstance(one, dict):
                yield one
                yield from self._tags(one)
