"""What the pages of those who study and sign share."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render

from accounts.models import Role
from accounts.rules import mandates
from budget.proposals.models import Proposal

WORKERS = (Role.AGENT, Role.OFFICIAL, Role.ADMINISTRATOR)


def reserved(*roles):
    """The view is for people with a mandate in one of these roles, and superusers."""

    def decorate(view):
        @login_required
        @wraps(view)
        def inner(request, *args, **kwargs):
            if not (request.user.is_superuser or mandates(request.user, *roles)):
                return no_mandate(request)
            return view(request, *args, **kwargs)

        return inner

    return decorate


def no_mandate(request, proposal: Proposal | None = None):
    return render(request, "evaluation/no_mandate.html", {"proposal": proposal}, status=403)


def one_proposal(reference: str) -> Proposal:
    """That proposal, whoever asks: whether they may act is asked by the caller. Raises Http404."""
    rows = Proposal.objects.select_related("budget__territory__level", "envelope__territory__level", "theme")
    return get_object_or_404(rows.filter(budget__published_at__isnull=False), reference=reference.upper())
