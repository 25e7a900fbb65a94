"""How not to send, to show that the test of the real way can fail: `python -m tests.engagement.naive WAY`."""

import sys
import uuid

import django


def marks_first() -> None:
    """Marks all, then sends: who dies in between leaves the rest untold."""
    rows = list(Notification.objects.waiting())
    Notification.objects.update(sent_at=timezone.now())
    for row in rows:
        mails.notification(row, None).send()


def marks_last() -> None:
    """Sends all, then marks, with a new Message-ID each time: who dies in between begins again."""
    rows = list(Notification.objects.waiting())
    for row in rows:
        row.key = uuid.uuid4()
        mails.notification(row, None).send()
    Notification.objects.update(sent_at=timezone.now())


if __name__ == "__main__":
    django.setup()
    from django.utils import timezone

    from engagement.activity import mails
    from engagement.activity.models import Notification

    {"first": marks_first, "last": marks_last}[sys.argv[1]]()
