"""Writing, changing, supporting, reporting and hiding comments."""

import uuid

import pgtrigger
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from engagement.activity import services as activity
from engagement.activity.models import Activity
from engagement.discussion.models import Comment, Decision, Flag, Reason, Silence, Support, Version
from engagement.discussion.rules import may_write
from engagement.discussion.subjects import Subject, find

MODERATE = "discussion.moderate_comment"


class NotPossible(ValueError):
    """This cannot be done here, or not any more; the message says why."""


class Closed(NotPossible):
    """The discussion takes nothing more; the message says why."""


@transaction.atomic
def write(
    *,
    author: User,
    subject_type: str,
    subject_key,
    text: str,
    stance: str = "",
    parent: Comment | None = None,
    officially: bool = False,
    submission: uuid.UUID | None = None,
) -> Comment:
    """Say something about a subject: an argument or a question with its `stance`, or a reply to one (`parent`).

    `officially`: in the name the subject's app gives that author. The same `submission` of one author twice gives the
    same comment. Raises Closed, NotPossible, PermissionDenied where the author may not write or answer officially.
    """
    if not may_write(author):
        raise PermissionDenied
    subject = _open(author, subject_type, subject_key)
    official = (subject.answers(author) or "") if officially else ""
    if officially and not official:
        raise PermissionDenied
    if parent is not None:
        parent = locked(parent)
        if parent.parent_id or not parent.is_readable:
            raise NotPossible(_("This cannot be answered any more."))
        if (parent.subject_type, parent.subject_key) != (subject_type, str(subject_key)):
            raise NotPossible(_("This belongs to another discussion."))
    given = {
        "subject_type": subject_type,
        "subject_key": str(subject_key),
        "title": subject.title[:300],
        "territories": list(subject.territories),
        "parent": parent,
        "stance": "" if parent else stance,
        "official": official[:150],
        "text": text,
    }
    try:
        comment, written = Comment.objects.get_or_create(
            submission=submission or uuid.uuid4(), author=author, defaults=given
        )
    except IntegrityError as error:
        if "submission" not in str(error):
            raise
        raise NotPossible(_("Load the page again, then send your text anew.")) from error
    if written:
        verb = "answered" if official else "replied" if parent else "commented"
        _announce(comment, verb, author, subject)
    return comment


@transaction.atomic
def edit(*, comment: Comment, author: User, text: str) -> Comment:
    """Change one's own text; what it said before can still be read. Raises Closed, NotPossible, PermissionDenied."""
    comment = _own(comment, author)
    _open(author, comment.subject_type, comment.subject_key)
    if not comment.is_readable:
        raise NotPossible(_("This cannot be changed any more."))
    if text != comment.text:
        Version.objects.create(comment=comment, text=comment.text)
        comment.text, comment.edited_at = text, timezone.now()
        comment.save(update_fields=["text", "edited_at"])
    return comment


@transaction.atomic
def withdraw(*, comment: Comment, author: User) -> Comment:
    """Take one's own words back: text and earlier texts are erased, replies stay. Twice is once.

    An official answer belongs to the body that gave it: it is changed, not withdrawn. Raises NotPossible,
    PermissionDenied.
    """
    comment = _own(comment, author)
    if comment.official:
        raise NotPossible(_("An official answer is not withdrawn. Change it: its earlier text can still be read."))
    _erase_texts(Comment.objects.filter(pk=comment.pk, withdrawn_at=None))
    _in_feeds(Activity.objects.about(comment.subject_type, comment.subject_key), [comment.reference], public=False)
    comment.refresh_from_db()
    return comment


@transaction.atomic
def withdraw_all(*, user: User) -> int:
    """Take back all that person wrote for themselves, official answers excepted; returns how many."""
    mine = Comment.objects.filter(author=user, official="", withdrawn_at=None)
    references = list(mine.values_list("reference", flat=True))
    _erase_texts(mine)
    _in_feeds(Activity.objects.filter(actor=user.pk), references, public=False)
    return len(references)


@transaction.atomic
def support(*, comment: Comment, user: User, on: bool = True) -> Comment:
    """Hold a comment for right, or no longer; each person counts once. The comment is locked meanwhile.

    Raises Closed, NotPossible for one's own and for what cannot be read, PermissionDenied.
    """
    if not may_write(user):
        raise PermissionDenied
    comment = locked(comment)
    _open(user, comment.subject_type, comment.subject_key)
    if comment.author_id == user.pk:
        raise NotPossible(_("You wrote it yourself: your opinion is counted."))
    if not comment.is_readable:
        raise NotPossible(_("This cannot be supported any more."))
    if on:
        Support.objects.get_or_create(comment=comment, user=user)
    else:
        comment.supporters.filter(user=user).delete()
    comment.supports = comment.supporters.count()
    comment.save(update_fields=["supports"])
    return comment


@transaction.atomic
def flag(*, comment: Comment, user: User, reason: str, note: str = "") -> Flag:
    """Ask moderators to look at a comment; twice before they decided is once. Raises NotPossible, PermissionDenied."""
    if not may_write(user):
        raise PermissionDenied
    comment = locked(comment)
    if comment.author_id == user.pk or not comment.is_readable:
        raise NotPossible(_("This cannot be reported."))
    said = {"reason": Reason(reason), "note": note}
    return Flag.objects.get_or_create(comment=comment, user=user, decision=None, defaults=said)[0]


@transaction.atomic
def decide(*, comment: Comment, actor: User, reason: str = "", note: str = "") -> Decision:
    """Hide a comment for that reason, or without one keep it for all to read; it settles what was reported.

    Author and those who reported it are told. Where nothing would change the last decision is given. Raises
    PermissionDenied.
    """
    comment = locked(comment)
    if not actor.has_perm(MODERATE, comment):
        raise PermissionDenied
    waiting = comment.flags.filter(decision=None)
    if comment.hidden == reason and not waiting.exists() and (last := comment.decisions.first()):
        return last
    was_hidden = comment.hidden
    decision = Decision.objects.create(comment=comment, reason=reason and Reason(reason), note=note, actor=actor)
    waiting.update(decision=decision)
    comment.hidden = reason
    comment.save(update_fields=["hidden"])
    about = Activity.objects.about(comment.subject_type, comment.subject_key)
    _in_feeds(about, [comment.reference], public=comment.is_readable)
    told = {"decision": decision.pk, "author": bool(reason) != bool(was_hidden)}
    _announce(comment, "hidden" if reason else "kept", actor, None, **told)
    return decision


@transaction.atomic
def be_silent(*, user: User, silent: bool = True) -> None:
    """No mails about replies and mentions to that person any more, or again."""
    if silent:
        Silence.objects.get_or_create(user=user)
    else:
        Silence.objects.filter(user=user).delete()


def locked(comment: Comment) -> Comment:
    """The comment as it is now, its row locked until the transaction ends."""
    return Comment.objects.select_for_update(of=("self",), no_key=True).get(pk=comment.pk)


def _own(comment: Comment, author: User) -> Comment:
    comment = locked(comment)
    if comment.author_id is None or comment.author_id != author.pk:
        raise PermissionDenied
    return comment


def _open(viewer: User, subject_type: str, subject_key) -> Subject:
    subject = find(viewer, subject_type, subject_key)
    if subject is None:
        raise NotPossible(_("This discussion is not there any more."))
    if not subject.open:
        raise Closed(subject.closed_reason or _("This discussion is closed."))
    return subject


def _erase_texts(comments) -> None:
    """Of these comments; `comments` is a queryset of those not withdrawn yet."""
    Version.objects.filter(comment__in=comments.values("pk")).delete()
    comments.update(text="", withdrawn_at=timezone.now())


def _announce(comment: Comment, verb: str, actor: User, subject: Subject | None, **data) -> None:
    """Without a subject it is for those concerned alone."""
    activity.record(
        verb=f"discussion.{verb}",
        actor=actor,
        object_type=comment.subject_type,
        object_key=comment.subject_key,
        title=comment.title,
        url=comment.get_absolute_url(),
        place=subject.place if subject else None,
        territories=comment.territories if subject else (),
        topic=subject.topic if subject else "",
        public=subject.public if subject else False,
        data={"comment": comment.reference, "by": comment.official, **data},
    )


def _in_feeds(activities, references: list[str], *, public: bool) -> None:
    """Who may read what was said of these comments: the one change an activity knows."""
    said = activities.filter(verb__in=ANNOUNCED, data__comment__in=references)
    with pgtrigger.ignore("activity.Activity:append_only"):
        said.update(public=public)


ANNOUNCED = [f"discussion.{verb}" for verb in ("commented", "replied", "answered")]
