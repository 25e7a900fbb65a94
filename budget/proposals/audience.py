"""Who is told of a proposal's steps, besides its followers; in which words; and what can be followed."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from budget.participatory.models import Theme
from budget.proposals.models import Proposal
from budget.proposals.workflow import GONE
from engagement.activity.followables import is_key, register_followable
from engagement.activity.models import Activity
from engagement.activity.sentences import register_sentences
from engagement.activity.services import Recipient, register_audience
from engagement.activity.topics import register_topics
from engagement.discussion.subjects import Subject, register_subject

# Acts of which those who support it are told too; of the others its author alone.
FOR_SUPPORTERS = {
    f"proposals.{one}" for one in ("joined", "split", "elected", "not_elected", "delivered", "abandoned")
}


def recipients(activity: Activity) -> Iterator[Recipient]:
    """The author, then those who support it; nobody of what they did themselves, but of having proposed it."""
    proposal = Proposal.objects.select_related("author", "merged_into").filter(pk=activity.object_key).first()
    if proposal is None:
        return
    told = {"reference": proposal.reference, "by": activity.data.get("by", "")}
    if proposal.merged_into:
        told |= {"into": proposal.merged_into.title, "into_url": proposal.merged_into.get_absolute_url()}
    author = proposal.author
    if author and author.is_active and (activity.actor_id != author.pk or activity.verb == "proposals.posted"):
        yield Recipient(author.email, "author", told)
    if activity.verb in FOR_SUPPORTERS and activity.public:
        others = proposal.supporters.filter(user__is_active=True).exclude(user=activity.actor_id).order_by("pk")
        yield from Recipient.many(others.values_list("user__email", flat=True), "supporter", told)


def followed(viewer, key: str) -> tuple[str, str] | None:
    proposal = Proposal.objects.visible_to(viewer).filter(pk=int(key)).first() if is_key(key) else None
    return proposal and (proposal.title, proposal.get_absolute_url())


def discussed(viewer, key: str) -> Subject | None:
    rows = Proposal.objects.visible_to(viewer).select_related("budget__territory", "theme", "author")
    proposal = rows.filter(pk=int(key)).first() if is_key(key) else None
    if proposal is None:
        return None
    public = proposal.hidden_at is None and proposal.budget.published_at is not None
    return Subject(
        title=proposal.title,
        url=proposal.get_absolute_url(),
        territories=tuple(proposal.territories),
        place=proposal.point,
        topic=f"proposals:{proposal.theme.code}" if proposal.theme else "",
        public=public,
        open=public and proposal.status not in GONE,
        closed_reason=_("This proposal no longer stands for itself: its discussion is closed."),
        people=(proposal.author,) if proposal.author else (),
        answers=lambda user: _office(user, proposal),
        moderates=lambda user: user.has_perm("proposals.moderate_proposal", proposal),
    )


def _office(user, proposal: Proposal) -> str | None:
    """In whose name that person answers: the territory's whose budget it is, for those who run it."""
    return proposal.budget.territory.name if user.has_perm("proposals.run_proposal", proposal) else None


def topics() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What proposals can be about: their themes."""
    if themes := list(Theme.objects.filter(is_active=True).values_list("code", "name")):
        yield _("Participatory budget"), themes


register_audience("proposals", recipients)
register_followable("proposal", followed)
register_subject("proposal", discussed)
register_topics("proposals", topics)
register_sentences(
    {
        "proposals.posted": _("Equipment proposed"),
        "proposals.edited": _("Proposal changed by its author"),
        "proposals.study": _("Proposal being studied"),
        "proposals.reviewed": _("Proposal studied again"),
        "proposals.feasible": _("Proposal that can be done"),
        "proposals.unfeasible": _("Proposal that cannot be done"),
        "proposals.answered": _("Answer of a proposal's author"),
        "proposals.joined": _("Proposals joined into one"),
        "proposals.merged": _("Proposal joined with another"),
        "proposals.split": _("Proposal split into several"),
        "proposals.withdrawn": _("Proposal withdrawn"),
        "proposals.elected": _("Proposal chosen by the vote"),
        "proposals.not_elected": _("Proposal not chosen by the vote"),
        "proposals.underway": _("Works begun"),
        "proposals.delivered": _("Works done"),
        "proposals.abandoned": _("Project given up"),
        "proposals.hidden": _("Proposal hidden by moderation"),
        "proposals.shown": _("Proposal shown again"),
    }
)
