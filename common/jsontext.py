"""JSON from people: what the parser or the database would choke on is their mistake to mend, no error of ours."""

import json
import math

from django.utils.translation import gettext as _


class NotJSON(ValueError):
    """The text is no JSON that can be kept; the message says why."""


def read(text: str):
    """The value of that JSON. Raises NotJSON: also where it is too deep, or holds NaN, Infinity, a lone surrogate or
    a zero byte, which PostgreSQL keeps in no column.
    """
    try:
        value = json.loads(text, parse_constant=_no_number)
        plain = json.dumps(value, ensure_ascii=False)
        plain.encode()
    except (ValueError, RecursionError) as error:
        raise NotJSON(str(error) or _("it is nested too deeply")) from error
    if "\\u0000" in plain:
        raise NotJSON(_("it holds a sign that cannot be kept"))
    return value


def _no_number(name: str) -> float:
    if not math.isfinite(float(name)):
        raise ValueError(_("“%(name)s” is no number") % {"name": name})
    return float(name)
