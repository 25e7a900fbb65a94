"""Territories from other people's files: reading any vector format, checking, repairing, writing in one go."""

from django.utils.translation import gettext as _


class ImportRefused(Exception):
    """The import cannot be done and nothing was changed. The message is for the person who runs it."""


def quoted(name: str) -> str:
    return _("“%(name)s”") % {"name": name}
