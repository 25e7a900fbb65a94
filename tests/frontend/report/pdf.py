"""What a PDF says, read from its own objects (ISO 32000-1): the words one copies, by its fonts' ToUnicode maps."""

import re
import zlib

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.S)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.S)
# A literal string may hold round brackets that match, one within another.
INNER = rb"(?:\\.|[^\\()])*"
LITERAL = rb"\((" + INNER + rb"(?:\(" + INNER + rb"(?:\(" + INNER + rb"\)" + INNER + rb")*\)" + INNER + rb")*)\)"
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|" + LITERAL + rb"|(\bET\b)", re.S)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Pdf:
    """`raw` is the file; `pages` the words of each page, one line a piece of text."""

    def __init__(self, raw: bytes):
        self.raw = raw
        self.objects = dict(OBJECT.findall(raw))
        found = [body for body in self.objects.values() if re.search(rb"/Type/Page\b", body)]
        self.pages = [self._words(body) for body in found]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def catalog(self) -> bytes:
        return next(body for body in self.objects.values() if b"/Type/Catalog" in body)

    @property
    def alternatives(self) -> int:
        """How many figures have words for who cannot see them."""
        return sum(b"/S/Figure" in body and b"/Alt" in body for body in self.objects.values())

    def stream(self, number: bytes) -> bytes:
        body = self.objects[number]
        data = STREAM.search(body)[1]
        return zlib.decompress(data) if b"/FlateDecode" in body else data

    def _words(self, page: bytes) -> str:
        resources = self.objects[re.search(rb"/Resources (\d+) 0 R", page)[1]]
        fonts = {name: self._letters(key) for name, key in re.findall(rb"/(f\d+) (\d+) 0 R", resources)}
        font, words = {}, []
        for name, text, end in SHOWN.findall(self.stream(re.search(rb"/Contents (\d+) 0 R", page)[1])):
            if name:
                font = fonts[name]
            elif text:
                codes = unescaped(text)
                words += [font.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)]
            elif end:
                words.append("\n")
        return "".join(words)

    def _letters(self, font: bytes) -> dict[bytes, str]:
        table = self.stream(re.search(rb"/ToUnicode (\d+) 0 R", self.objects[font])[1])
        pairs = re.findall(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\s", table)
        return {bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def unescaped(literal: bytes) -> bytes:
    """The bytes a literal string stands for."""

    def one(found):
        said = found[1]
        return bytes([int(said, 8)]) if said.isdigit() else NAMED.get(said, said)

    return ESCAPE.sub(one, literal)
