"""Territories from other people's files: reading any vector format, checking, repairing, writing in one go."""


class ImportRefused(Exception):
    """The import cannot be done and nothing was changed. The message is for the person who runs it."""
