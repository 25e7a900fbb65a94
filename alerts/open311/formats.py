"""One document, two shapes: lists and dicts become XML, and the same is JSON by the Spark convention."""

import functools
import json
import re
from xml.sax.saxutils import escape

from django.http import HttpResponse

CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json"}
# What one of each list is called in XML; JSON leaves it out.
ONE = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
SIMPLE = frozenset((str, int, float, type(None)))
# XML 1.0 has no way to write these, escaped or not (§ 2.2).
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def respond(fmt: str, root: str, document, status: int = 200) -> HttpResponse:
    """The answer in that format. `root` is the outermost XML element; JSON has none."""
    text = to_xml(root, document) if fmt == "xml" else to_json(document)
    return HttpResponse(text, status=status, content_type=CONTENT_TYPES[fmt])


def to_json(document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def to_xml(root: str, document) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + _element(root, document)


def _element(name: str, value) -> str:
    """None and the empty text are an empty element, a truth value is a word, everything else is escaped text."""
    if value is None or value == "":
        return f"<{name}/>"
    if isinstance(value, dict):
        inside = _fields(value)
    elif isinstance(value, list):
        one_of = ONE[name]
        inside = "".join([_element(one_of, one) for one in value])
    elif isinstance(value, bool):
        inside = "true" if value else "false"
    else:
        inside = escape(_UNWRITABLE.sub("", str(value)))
    return f"<{name}>{inside}</{name}>"


def _fields(values: dict) -> str:
    """The elements of one thing. A list has thousands of texts, and most rows none to escape: that is seen at once."""
    flat = " ".join([one for one in values.values() if one.__class__ is str])
    if (
        flat.isprintable()
        and not ("&" in flat or "<" in flat or ">" in flat)
        and SIMPLE.issuperset(map(type, values.values()))
    ):
        return _pattern(tuple(values)) % tuple(["" if one is None else one for one in values.values()])
    return "".join([_element(key, one) for key, one in values.items()])


@functools.cache
def _pattern(names: tuple[str, ...]) -> str:
    return "".join(f"<{name}>%s</{name}>" for name in names)
