"""Where the service in charge keeps steps, money and photos of the works up to date."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import mandates
from budget.delivery import forms, services
from budget.delivery.models import WON
from budget.delivery.rules import WORKERS, worked_on
from budget.delivery.works import works
from budget.proposals.models import Proposal
from budget.proposals.workflow import WORKFLOW
from common.images import PhotoError
from common.workflow import TransitionError

PAGE = 30


def reserved(view):
    """For agents of services and administrators."""

    @login_required
    @wraps(view)
    def inner(request, *args, **kwargs):
        if not (request.user.is_superuser or mandates(request.user, *WORKERS)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


@require_safe
@reserved
def projects(request):
    """Projects chosen by the vote: the late ones first, then what is under way, what is to begin, what is over."""
    order = {"late": 0, "underway": 1, "planned": 2, "delivered": 3, "abandoned": 4}
    rows = sorted(works(worked_on(request.user)), key=lambda one: (order[one.stage.name], -one.late_by))
    return render(
        request, "delivery/desk/projects.html", {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reserved
def handle(request, reference):
    """One project. Each form of the page posts `faire`, which names it; `jalon` is the step being changed."""
    proposal = get_object_or_404(Proposal.objects.filter(status__in=WON), reference=reference.upper())
    if not request.user.has_perm(services.HANDLE, proposal):
        raise PermissionDenied
    page = Page(request, proposal)
    if request.method == "POST" and page.done():
        return redirect("delivery:handle", proposal.reference)
    return render(request, "delivery/desk/handle.html", page.context(), status=422 if page.wrong else 200)


class Page:
    """The forms of one project, and what was posted to one of them."""

    def __init__(self, request, proposal: Proposal):
        self.request, self.proposal = request, proposal
        self.wrong = ""
        self.step = self._step()
        initial = (
            {name: getattr(self.step, name) for name in ("title", "planned_on", "done_on", "message")}
            if self.step
            else {}
        )
        posted = request.POST.get("faire", "") if request.method == "POST" else None
        given = {posted: request.POST}
        self.posted = posted
        self.forms = {
            "jalon": forms.MilestoneForm(given.get("jalon"), initial=initial, prefix="jalon"),
            "depense": forms.ExpenseForm(given.get("depense"), prefix="depense"),
            "photo": forms.PhotoForm(
                given.get("photo"),
                request.FILES if posted == "photo" else None,
                prefix="photo",
                milestones=proposal.milestones.all(),
            ),
            "acte": forms.ActForm(given.get("acte"), prefix="acte"),
            "rayer": forms.StrikeForm(given.get("rayer"), prefix="rayer"),
        }

    def _step(self):
        wanted = self.request.POST.get("reference") or self.request.GET.get("jalon")
        return self.proposal.milestones.filter(reference=wanted).first() if wanted else None

    def done(self) -> bool:
        """Do what was posted; False where it cannot be done, with the reason beside the form or on the page."""
        form = self.forms.get(self.posted)
        if form is not None and not form.is_valid():
            self.wrong = self.posted
            return False
        try:
            said = self._do(form.cleaned_data if form else {})
        except (services.DeliveryError, services.proposals.ProposalError, PhotoError) as refused:
            return self._refused(form, str(refused))
        except TransitionError:
            return self._refused(form, _("Somebody else has changed the state of this project meanwhile."))
        if said:
            messages.success(self.request, said)
        return True

    def _refused(self, form, reason: str) -> bool:
        self.wrong = self.posted or "acte"
        if form is None:
            messages.error(self.request, reason)
        else:
            form.add_error(None, reason)
        return False

    def _do(self, data: dict) -> str:
        user, post, proposal = self.request.user, self.request.POST, self.proposal
        match self.posted:
            case "jalon":
                services.set_milestone(proposal=proposal, actor=user, milestone=self.step, **data)
                return _("The step is saved.")
            case "sans-jalon" if self.step:
                services.drop_milestone(milestone=self.step, actor=user)
                return _("The step is taken away.")
            case "depense":
                services.spend(proposal=proposal, actor=user, **data)
                return _("The expense is saved.")
            case "rayer":
                expense = get_object_or_404(proposal.expenses, reference=post.get("reference", ""))
                services.strike_out(expense=expense, actor=user, **data)
                return _("The expense is struck out.")
            case "photo":
                services.add_photo(proposal=proposal, actor=user, file=data.pop("photo"), **data)
                return _("The photo is published.")
            case "sans-photo":
                photo = get_object_or_404(proposal.works_photos, token=post.get("reference", ""))
                services.drop_photo(photo=photo, actor=user)
                return _("The photo is taken away.")
            case "acte":
                services.act(proposal=proposal, name=post.get("acte", ""), actor=user, **data)
                return _("Saved.")
        raise services.DeliveryError(_("This page knows no such act."))

    def context(self) -> dict:
        proposal = self.proposal
        return {
            "proposal": proposal,
            "works": works(Proposal.objects.filter(pk=proposal.pk))[0],
            "forms": self.forms,
            "step": self.step,
            "wrong": self.wrong,
            "struck": self.request.POST.get("reference", "") if self.wrong == "rayer" else "",
            "open": proposal.budget.allows("deliver"),
            "acts": [one for one in WORKFLOW.open_from(proposal.status) if one.name in services.ACTS],
        }
