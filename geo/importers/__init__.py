"""Territories from other people's files: reading any vector format, checking, repairing, writing in one go."""

from django.utils.translation import gettext as _


class ImportRefused(Exception):
    """The import cannot be done and nothing was changed. The message is for the person who runs it.

    `options` are the choices that would help, the most likely first, as the commands name them: crs, layer…
    """

    def __init__(self, message: str, *options: str):
        super().__init__(message)
        self.options = options

    def for_command(self) -> str:
        """The message, with the options of the command."""
        hints = ", ".join(f"--{name}" for name in self.options)
        return f"{self} ({hints})" if hints else str(self)


def quoted(name: str) -> str:
    return _("“%(name)s”") % {"name": name}
