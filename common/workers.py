"""Calling a worker, once what it shall work on is kept."""

import logging

from django.db import transaction
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


def call(task: str, *arguments) -> None:
    """Have that task ("app.tasks.name") run by a worker when this transaction has ended well.

    A broker that is away stops nobody: it is noted, and the task's sweep does the work later.
    """

    def send() -> None:
        try:
            import_string(task).delay(*arguments)
        except Exception:
            log.warning("the broker is away; the sweep will do what %s would have", task, exc_info=True)

    transaction.on_commit(send, robust=True)
