"""A person's own wishes: no mails of discussions, and all their texts gone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from engagement.discussion import services
from engagement.discussion.audience import person_of
from engagement.discussion.models import Comment


@login_required
@require_POST
def mails(request):
    """Stop the mails about replies and mentions (`arreter`), or let them come again."""
    silent = "arreter" in request.POST
    services.be_silent(user=request.user, silent=silent)
    stopped, again = _("We no longer write to you about replies."), _("We write to you about replies again.")
    messages.success(request, stopped if silent else again)
    return redirect("account_home")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def silence(request, token):
    """The same from a mail, without signing in.

    Mail scanners open every link, so GET only asks; mail programs POST (RFC 8058), which brings no cookie and needs
    no CSRF token: the signed link is the proof.
    """
    try:
        person = person_of(token)
    except signing.BadSignature:
        raise Http404(_("This link is not complete. Copy it whole from the mail.")) from None
    done = request.method == "POST"
    if person and done:
        services.be_silent(user=person)
    return render(request, "discussion/silence.html", {"done": done or person is None})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_all(request):
    """Take back all that I wrote, after I said yes."""
    if request.method == "POST":
        count = services.withdraw_all(user=request.user)
        said = ngettext("%(count)d text is erased.", "%(count)d texts are erased.", count) % {"count": count}
        messages.success(request, said)
        return redirect("account_home")
    mine = Comment.objects.filter(author=request.user, official="", withdrawn_at=None)
    return render(request, "discussion/withdraw_all.html", {"count": mine.count()})
