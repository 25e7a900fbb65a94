"""Arguments for and against, questions, replies; who supports them; and what was taken out of sight, and why."""

import secrets
import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.markdown import render_talk
from engagement.discussion.querysets import CommentQuerySet

# Crockford's base 32 without vowels: no letter is taken for another, no word appears by chance.
ALPHABET, LENGTH = "0123456789BCDFGHJKMNPQRSTVWXYZ", 10


def new_reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _number in range(LENGTH))


class Stance(models.TextChoices):
    FOR = "for", pgettext_lazy("stance", "For")
    AGAINST = "against", pgettext_lazy("stance", "Against")
    QUESTION = "question", _("Question")


class Reason(models.TextChoices):
    """Why a comment is reported, and why it is hidden."""

    OFFENSIVE = "offensive", _("offensive or unlawful")
    PERSONAL = "personal", _("personal data of somebody")
    OFF_TOPIC = "off_topic", _("nothing to do with the subject")
    ADVERTISING = "advertising", _("advertising")
    OTHER = "other", _("another reason")


class Comment(models.Model):
    """An argument, a question or a reply. Its supports and `hidden` are caches of rows, kept by services alone.

    `subject_type` and `subject_key` name what it is about, as activities do; `title` is what that was called when it
    was written. `official` is the name in which it was answered, empty for everybody who speaks for themselves.
    """

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    # Made with the empty form: sending it twice gives one comment.
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    subject_type = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=60)
    title = models.CharField(_("subject"), max_length=300)
    territories = ArrayField(models.BigIntegerField(), default=list)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    stance = models.CharField(_("stance"), max_length=10, choices=Stance.choices, blank=True)
    author = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="comments", verbose_name=_("author"), db_index=False
    )
    official = models.CharField(_("official answer of"), max_length=150, blank=True)
    text = models.TextField(_("text"), blank=True)
    supports = models.PositiveIntegerField(_("supports"), default=0)
    hidden = models.CharField(_("why it is hidden"), max_length=20, choices=Reason.choices, blank=True)
    created_at = models.DateTimeField(_("written"), db_default=Now())
    edited_at = models.DateTimeField(_("changed"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            models.Index(
                fields=["subject_type", "subject_key", "stance", "-supports", "-id"],
                name="comment_best",
                condition=Q(parent=None),
            ),
            models.Index(
                fields=["subject_type", "subject_key", "stance", "-id"],
                name="comment_newest",
                condition=Q(parent=None),
            ),
            models.Index(fields=["subject_type", "subject_key", "author"], name="comment_people"),
            models.Index(fields=["author", "-id"], name="comment_mine", condition=~Q(author=None)),
            GinIndex(fields=["territories"], name="comment_territories"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None, stance__in=Stance.values) | Q(parent__isnull=False, stance=""),
                name="comment_takes_a_stance_or_replies",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(text=""), name="comment_withdrawn_leaves_no_text"
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.reference})"

    def get_absolute_url(self):
        """Its thread; for a reply, its place there."""
        return reverse("discussion:thread", args=[self.reference])

    @property
    def html(self):
        return render_talk(self.text)

    @property
    def is_readable(self) -> bool:
        return not self.hidden and self.withdrawn_at is None

    @property
    def public_name(self) -> str:
        """Who speaks, as everybody may read it; never an address."""
        if self.official:
            return self.official
        if self.author is None:
            return gettext("An account that was closed")
        return self.author.display_name or gettext("A resident")


class Version(models.Model):
    """What a comment said before it was changed. Appended, never edited; it goes where the author withdraws all."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="versions")
    text = models.TextField(_("text"))
    replaced_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("earlier text")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]


class Support(models.Model):
    """One person holds a comment for right. `user` is empty once the person was erased: the count stays."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="supporters")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("support")
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="comment_supported_once")]


class Decision(models.Model):
    """A moderator hid a comment (`reason` says why) or keeps it for all to read (`reason` is empty). Appended only."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="decisions")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    note = models.TextField(_("internal note"), blank=True)
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("decision")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]


class Flag(models.Model):
    """Somebody asks moderators to look at a comment. `decision` is what came of it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="flags")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    note = models.TextField(_("What should the moderators know?"), blank=True)
    decision = models.ForeignKey(Decision, models.CASCADE, null=True, related_name="flags")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        verbose_name = _("report")
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "user"], condition=Q(decision=None), name="comment_flagged_once_at_a_time"
            )
        ]


class Silence(models.Model):
    """That person wants no mails about replies and mentions."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("mails of discussions stopped")
