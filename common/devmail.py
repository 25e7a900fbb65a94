"""Mail without a mail server, for development only: one file a message, readable at /dev/mail/."""

import email
import email.policy
import re
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.html import urlize
from django.utils.safestring import mark_safe

NAME = re.compile(r"^[0-9]+-[0-9a-f]{8}$")
SHOWN = 200


class EmailBackend(BaseEmailBackend):
    """Writes each message whole, then renames it, so that a reader never sees half of one."""

    def send_messages(self, email_messages):
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.eml"
            part = path.with_suffix(".part")
            part.write_bytes(message.message().as_bytes())
            part.rename(path)
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    name: str
    sent: datetime
    sender: str
    to: str
    subject: str
    text: str
    headers: list[tuple[str, str]]
    files: list[str]


def inbox(request):
    """The latest messages, newest first; `?to=` keeps those of one address."""
    wanted = request.GET.get("to", "").strip().lower()
    paths = sorted(_folder().glob("*.eml"), reverse=True)[:SHOWN]
    mails = [mail for mail in map(_read, paths) if wanted in mail.to.lower()]
    return render(request, "common/devmail_inbox.html", {"mails": mails, "wanted": wanted})


def message(request, name):
    """One message, its links made clickable."""
    path = _folder() / f"{name}.eml"
    if not NAME.match(name) or not path.exists():
        raise Http404
    mail = _read(path)
    body = mark_safe(urlize(mail.text, autoescape=True))  # noqa: S308 - urlize escapes
    return render(request, "common/devmail_message.html", {"mail": mail, "body": body})


def attachment(request, name, number):
    """A file of a message, by its place."""
    path = _folder() / f"{name}.eml"
    files = list(_whole(path).iter_attachments()) if NAME.match(name) and path.exists() else []
    if number >= len(files):
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="{number}"'}
    return HttpResponse(files[number].get_content(), content_type=files[number].get_content_type(), headers=headers)


def _folder() -> Path:
    return settings.DATA_DIR / "mail"


def _read(path: Path) -> Mail:
    message = _whole(path)
    body = message.get_body(("plain", "html"))
    sent = datetime.fromtimestamp(int(path.stem.split("-")[0]) / 1e9).astimezone()
    text = body.get_content() if body else ""
    files = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    return Mail(
        path.stem, sent, message["From"], message["To"] or "", message["Subject"], text, message.items(), files
    )


def _whole(path: Path) -> email.message.EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
