"""The desk of moderation: what was reported, what was written lately, what was decided."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from engagement.discussion import services
from engagement.discussion.forms import DecisionForm
from engagement.discussion.models import Comment, Decision
from engagement.discussion.rules import moderates_somewhere

PAGE, RECENT = 20, 10


def reserved(view):
    """The view is for people who moderate somewhere."""

    @login_required
    @wraps(view)
    def inner(request, *args, **kwargs):
        if not moderates_somewhere(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


@never_cache
@require_safe
@reserved
def waiting(request):
    """Reported comments of my territories, most reported first; the newest ones; what was decided last."""
    mine = Comment.objects.moderated_by(request.user)
    flagged = mine.flagged().select_related("author").prefetch_related("flags")
    decided = Decision.objects.filter(comment__in=mine).select_related("comment", "actor")
    newest = mine.readable().exclude(flags__decision=None, flags__isnull=False).select_related("author")
    context = {
        "page": Paginator(flagged, PAGE).get_page(request.GET.get("page")),
        "newest": newest.order_by("-pk")[:RECENT],
        "decided": decided[:RECENT],
    }
    return render(request, "discussion/moderation.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def moderate(request, reference):
    """Hide a comment (`do` is hide) or keep it for all to read (keep), each with its reason; and its history."""
    comment = Comment.objects.select_related("author").filter(reference=reference.upper()).first()
    if comment is None and moderates_somewhere(request.user):
        raise Http404(_("This comment is not there, or not any more."))
    if comment is None or not request.user.has_perm(services.MODERATE, comment):
        raise PermissionDenied
    posted = request.method == "POST"
    form = DecisionForm(request.POST if posted else None, hides=request.POST.get("do") != "keep")
    if posted and form.is_valid():
        services.decide(comment=comment, actor=request.user, **form.cleaned_data)
        hidden = _("Hidden. Everybody reads the reason in its place, and its author receives it.")
        messages.success(request, hidden if form.hides else _("Kept: everybody can read it."))
        return redirect("discussion:moderation" if moderates_somewhere(request.user) else comment)
    context = {
        "comment": comment,
        "form": form,
        "flags": comment.flags.filter(decision=None),
        "decisions": comment.decisions.select_related("actor").prefetch_related("flags"),
        "versions": comment.versions.all(),
    }
    return render(request, "discussion/moderate.html", context, status=422 if posted else 200)
