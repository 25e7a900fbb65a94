"""What discussions keep of a person: what they wrote, what they support, what they reported."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from engagement.discussion.models import Comment, Flag, Silence, Support


def _comments(user: User) -> list[dict]:
    rows = Comment.objects.filter(author=user).prefetch_related("versions").order_by("pk")
    return [
        {
            "reference": one.reference,
            "about": one.title,
            "stance": one.stance,
            "text": one.text,
            "earlier_texts": [version.text for version in one.versions.all()],
            "officially_as": one.official,
            "hidden": one.hidden,
            "written": one.created_at.isoformat(),
            "withdrawn": one.withdrawn_at and one.withdrawn_at.isoformat(),
        }
        for one in rows
    ]


register(
    Holding(
        name="comments",
        purpose=_("Let residents argue in public about what concerns them."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_(
            "The text stays with the discussion, as others answered it; once the account is closed nothing says who "
            "wrote it. Who wants the texts gone too withdraws them, one by one or all at once, in “My account”."
        ),
        export=_comments,
        erase=lambda user: Comment.objects.filter(author=user).update(author=None),
    )
)


def _supports(user: User) -> list[dict]:
    rows = Support.objects.filter(user=user).select_related("comment").order_by("pk")
    return [
        {"reference": one.comment.reference, "about": one.comment.title, "since": one.created_at.isoformat()}
        for one in rows
    ]


register(
    Holding(
        name="comment_supports",
        purpose=_("Count once each person who holds a comment for right."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("Until the support is taken back or the account is closed; the count stays, without the person."),
        export=_supports,
        erase=lambda user: Support.objects.filter(user=user).update(user=None),
    )
)


def _flags(user: User) -> list[dict]:
    rows = Flag.objects.filter(user=user).select_related("comment").order_by("pk")
    flags = [
        {
            "reference": one.comment.reference,
            "reason": one.reason,
            "note": one.note,
            "reported": one.created_at.isoformat(),
        }
        for one in rows
    ]
    return flags + [{"mails_stopped": one.created_at.isoformat()} for one in Silence.objects.filter(user=user)]


def _erase_flags(user: User) -> int:
    """What was reported stays to be decided, without who did it or what they added."""
    reported = Flag.objects.filter(user=user).update(user=None, note="")
    return reported + Silence.objects.filter(user=user).delete()[0]


register(
    Holding(
        name="comment_reports",
        purpose=_("Decide what was reported to moderators, tell who reported it, and write to nobody who said no."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("Until the account is closed; the report itself stays, without the person."),
        export=_flags,
        erase=_erase_flags,
    )
)
