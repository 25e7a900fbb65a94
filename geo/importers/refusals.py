"""Lines of a file that an import leaves out, and why: the first ones in full, all of them in number."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geo.importers.staging import LISTED


class Refusals:
    """Counts all and remembers the first LISTED, so that a file of nonsense does not fill the memory."""

    def __init__(self):
        self.count = 0
        self.listed: list[tuple[int, str]] = []

    def add(self, line: int, why: str) -> None:
        """Note that this line (counted from 1) is left out."""
        self.count += 1
        if len(self.listed) < LISTED:
            self.listed.append((line, why))

    def first(self) -> str:
        """Why the first one was left out, or that there is nothing."""
        return self.listed[0][1] if self.listed else _("it has no line")

    def lines(self) -> Iterator[str]:
        """What to tell the person who imports."""
        if not self.count:
            return
        yield ngettext("%(count)d line left out:", "%(count)d lines left out:", self.count) % {"count": self.count}
        for line, why in self.listed:
            yield "  - " + _("line %(line)d: %(why)s") % {"line": line, "why": why}
        if (more := self.count - len(self.listed)) > 0:
            yield "  " + _("and %(count)d more") % {"count": more}
