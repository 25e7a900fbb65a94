"""What proposals keep of a person: who wrote them, their answers, and who supports them."""

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from budget.proposals.models import Proposal, ProposalEvent, ProposalPhoto, Support


def _export(user: User) -> list[dict]:
    return [
        {
            "reference": one.reference,
            "title": one.title,
            "text": one.text,
            "place": one.shape.wkt if one.shape else "",
            "address": one.address,
            "name": one.author_name,
            "state": one.get_status_display(),
            "photos": [photo.image.name for photo in one.photos.all()],
            "proposed": one.created_at.isoformat(),
        }
        for one in Proposal.objects.filter(author=user).prefetch_related("photos").order_by("pk")
    ]


def _erase(user: User) -> int:
    """The proposal stays, as it belongs to the public; nothing in it leads to the person any more."""
    drafts = ProposalPhoto.objects.filter(owner=user, proposal=None)
    for photo in drafts:
        for file in (photo.image, photo.thumbnail):
            transaction.on_commit(lambda file=file: file.storage.delete(file.name))
    return drafts.delete()[0] + Proposal.objects.filter(author=user).update(author=None, author_name="")


register(
    Holding(
        name="proposals",
        purpose=_("Publish a resident's idea under their name, and tell them what becomes of it."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("Until the account is closed; the proposal itself stays, without a name."),
        export=_export,
        erase=_erase,
    )
)


def _messages(user: User):
    return ProposalEvent.objects.filter(actor=user, actor_name="").exclude(message="")


register(
    Holding(
        name="proposal_messages",
        purpose=_("Let the author of a proposal answer the services."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("As long as the proposal; once the account is closed nothing says who wrote them."),
        export=lambda user: [
            {"reference": step.proposal.reference, "message": step.message, "written": step.created_at.isoformat()}
            for step in _messages(user).select_related("proposal").order_by("pk")
        ],
        erase=lambda user: _messages(user).count(),
    )
)


def _export_supports(user: User) -> list[dict]:
    rows = Support.objects.filter(user=user).select_related("proposal").order_by("pk")
    return [{"reference": one.proposal.reference, "since": one.created_at.isoformat()} for one in rows]


@transaction.atomic
def _erase_supports(user: User) -> int:
    """Supports go, and are counted no more."""
    own = list(Support.objects.filter(user=user).values_list("proposal", flat=True))
    rows = Proposal.objects.filter(pk__in=own).order_by("pk").select_for_update()
    keys = list(rows.values_list("pk", flat=True))
    gone, _by_model = Support.objects.filter(user=user).delete()
    counted = Support.objects.filter(proposal=OuterRef("pk")).order_by().values("proposal").annotate(n=Count("pk"))
    left = Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)
    Proposal.objects.filter(pk__in=keys).update(supports=left)
    return gone


register(
    Holding(
        name="proposal_supports",
        purpose=_("Count once each person who supports a proposal."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("Until the person takes them back or closes the account."),
        export=_export_supports,
        erase=_erase_supports,
    )
)
