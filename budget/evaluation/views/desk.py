"""The desk: what is to be studied by a service, to be signed, to be given to a service."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Min, Q
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.rules import mandates
from budget.evaluation.models import Assignment
from budget.evaluation.querysets import open_now, ready, run_by, signed_by, unassigned
from budget.evaluation.sections import counts
from budget.evaluation.views.base import WORKERS, reserved
from budget.participatory.models import Budget
from budget.proposals.models import Proposal

PAGE = 30
STUDY, DONE, SIGN, ASSIGN = "etudier", "rendues", "signer", "confier"


@dataclass(frozen=True)
class Tab:
    name: str
    title: str
    count: int | None
    url: str
    current: bool


@never_cache
@require_safe
@reserved(*WORKERS)
def desk(request):
    """`vue` is one of the tabs, `budget` a slug, `retard` keeps the late ones."""
    user = request.user
    offered = _offered(user)
    view = request.GET.get("vue", "")
    waiting = counts(user)
    if view not in offered:
        view = next((one for one in offered if waiting.get(COUNTED[one])), offered[0])
    slug, late = request.GET.get("budget", ""), view == STUDY and "retard" in request.GET
    rows = _rows(user, view, late)
    shown = rows.filter(**{PATH[view] + "slug": slug}) if slug else rows
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    studied = view in (STUDY, DONE)
    kept = {"vue": view} | ({"budget": slug} if slug else {}) | ({"retard": 1} if late else {})
    context = {
        "tabs": [
            Tab(name, TITLES[name](), waiting.get(COUNTED[name]), f"?{urlencode({'vue': name})}", name == view)
            for name in offered
        ],
        "view": view,
        "page": page,
        "items": [(one.proposal, one) if studied else (one, None) for one in page],
        "late": late,
        "late_count": waiting["late"],
        "slug": slug,
        "budgets": _budgets(user),
        "query": urlencode(kept),
        "held": mandates(user, *WORKERS),
        "bulk": [one for one in _open_budgets(user) if not slug or one.slug == slug] if view == ASSIGN else [],
    }
    return render(request, "evaluation/desk.html", context)


TITLES = {
    STUDY: lambda: _("To study"),
    DONE: lambda: pgettext("several studies", "Handed in"),
    SIGN: lambda: _("To sign"),
    ASSIGN: lambda: _("To give to a service"),
}
COUNTED = {STUDY: "study", DONE: None, SIGN: "sign", ASSIGN: "assign"}
PATH = {STUDY: "proposal__budget__", DONE: "proposal__budget__", SIGN: "budget__", ASSIGN: "budget__"}


def _offered(user) -> list[str]:
    roles = {one.role for one in mandates(user)}
    everything = user.is_superuser or Role.ADMINISTRATOR in roles
    found = [STUDY, DONE] if everything or Role.AGENT in roles else []
    found += [SIGN] if everything or Role.OFFICIAL in roles else []
    return found + ([ASSIGN] if everything else [])


def _rows(user, view: str, late: bool):
    if view in (STUDY, DONE):
        mine = Assignment.objects.handled_by(user).select_related(
            "body", "proposal__budget", "proposal__envelope", "proposal__theme"
        )
        if view == DONE:
            return mine.exclude(submitted_at=None).order_by("-submitted_at", "pk")
        return (mine.late() if late else mine.waiting()).order_by("deadline", "pk")
    rows = Proposal.objects.select_related("budget", "envelope", "theme")
    if view == SIGN:
        return ready(rows.filter(signed_by(user))).annotate(due=Min("assignments__deadline")).order_by("due", "pk")
    return unassigned(open_now(rows.filter(run_by(user)))).order_by("-supports", "pk")


def _budgets(user) -> list[Budget]:
    """Those that this person's work is about, for the filter."""
    mine = Q(pk__in=Assignment.objects.handled_by(user).values("proposal__budget"))
    mine |= Q(pk__in=Proposal.objects.filter(signed_by(user)).values("budget"))
    return list(Budget.objects.published().filter(mine).order_by("-pk"))


def _open_budgets(user) -> list[Budget]:
    rows = unassigned(open_now(Proposal.objects.filter(run_by(user))))
    return list(Budget.objects.filter(pk__in=rows.values("budget")).order_by("-pk"))
