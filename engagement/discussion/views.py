"""Reading one thread, and what people do in a discussion. Every act works as a page and, by htmx, in its place."""

import math
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseLocation, reswap, retarget

from common.caller import address
from common.forms import KEPT
from common.ratelimit import exceeded
from engagement.discussion import services, subjects
from engagement.discussion.forms import (
    WINDOW,
    CommentForm,
    EditForm,
    FlagForm,
    ReplyForm,
    WithdrawForm,
    too_many,
)
from engagement.discussion.models import Comment
from engagement.discussion.page import THREAD, Viewer, decorate, within

# Where what a visitor typed waits until they have signed in, and how often one caller may leave something there.
DRAFT, DRAFTS = "discussion_draft", 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request):
    """Say something about the subject that `sujet` names. What a visitor typed waits until they have signed in."""
    text = (request.POST if request.method == "POST" else request.GET).get("sujet", "")
    try:
        subject_type, key = subjects.named(text)
    except ValueError:
        raise Http404(_("There is no such discussion.")) from None
    subject = subjects.find(request.user, subject_type, key)
    if subject is None:
        raise Http404(_("There is no such discussion."))
    viewer = Viewer.of(request, subject)
    options = {"user": request.user, "answers_as": viewer.answers_as, "auto_id": "discussion_%s"}
    page = {"viewer": viewer, "subject": subject, "token": text, "title": _("Give my opinion")}
    if request.method != "POST":
        draft = request.session.pop(DRAFT, {}) if viewer.signed_in else {}
        return render(request, "discussion/write.html", page | {"form": CommentForm(initial=draft, **options)})
    if not viewer.signed_in:
        return _keep_draft(request, text)
    form = CommentForm(request.POST, **options)
    if _valid(request, form):
        given = form.cleaned_data | {"officially": form.cleaned_data.get("officially", False)}
        try:
            said = services.write(author=request.user, subject_type=subject_type, subject_key=key, **given)
        except services.NotPossible as error:
            form.add_error(None, str(error))
        else:
            return _to_subject(request, subject, said)
    template = "discussion/_write.html" if request.htmx else "discussion/write.html"
    return render(request, template, page | {"form": form}, status=200 if request.htmx else 422)


def _keep_draft(request, text: str):
    """To the sign-in and back to the form, with what was typed."""
    if not exceeded(f"discussion:draft:{address(request)}", limit=DRAFTS, seconds=WINDOW):
        typed = {name: request.POST.get(name, "")[:KEPT] for name in ("stance", "text")}
        request.session[DRAFT] = typed
    return _sign_in(request, f"{reverse('discussion:write')}?{urlencode({'sujet': text})}")


def _sign_in(request, back: str):
    url = f"{reverse('account_login')}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _to_subject(request, subject, said: Comment):
    """The page of the subject, where one's own new words stand first."""
    path, _hash, _rest = subject.url.partition("#")
    url = f"{path}{'&' if '?' in path else '?'}ecrit={said.reference}"
    if request.htmx:
        place = {"target": "#discussion", "select": "#discussion", "swap": "outerHTML"}
        return HttpResponseLocation(url, **place)
    return redirect(f"{url}#discussion")


@never_cache
@require_safe
def thread(request, reference):
    """An argument or question with all its replies. A reply leads to its place there."""
    comment, subject = _seen(request, reference)
    replies = Comment.objects.filter(parent=comment.parent or comment, withdrawn_at=None)
    if comment.parent:
        before = replies.filter(pk__lt=comment.pk) if not comment.official else replies.none()
        rank = before.filter(official="").count() + replies.exclude(official="").count()
        query = f"?suite={rank // THREAD + 1}" if rank >= THREAD else ""
        url = reverse("discussion:thread", args=[comment.parent.reference])
        return redirect(f"{url}{query}#c-{comment.reference}")
    total = replies.count()
    pages = math.ceil(total / THREAD) or 1
    number = within(request.GET.get("suite", ""), pages)
    shown = list(replies.in_order()[(number - 1) * THREAD : number * THREAD])
    return render(
        request,
        "discussion/thread.html",
        _card(request, comment, subject, shown, total)
        | {
            "number": number,
            "pages": pages,
            "previous": f"?suite={number - 1}" if number > 1 else "",
            "next": f"?suite={number + 1}" if number < pages else "",
        },
    )


@require_POST
def support(request, reference):
    """Hold a comment for right, or with `annuler` no longer."""
    back = _back(request) or reverse("discussion:thread", args=[reference])
    if not request.user.is_authenticated:
        return _sign_in(request, back)
    comment, subject = _seen(request, reference)
    problem = ""
    try:
        if too_many(request.user, times=10):
            raise services.NotPossible(_("That was a lot at once. Try again in ten minutes."))
        comment = services.support(comment=comment, user=request.user, on="annuler" not in request.POST)
    except services.NotPossible as error:
        problem = str(error)
    if request.htmx:
        decorate([comment], request.user, [])
        known = {"comment": comment, "viewer": Viewer.of(request, subject), "problem": problem, "pressed": not problem}
        return render(request, "discussion/_support.html", known)
    if problem:
        messages.error(request, problem)
    return redirect(f"{back.partition('#')[0]}#c-{comment.reference}" if _back(request) else back)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request, reference):
    """Answer an argument or question."""
    comment, subject = _seen(request, reference)
    if comment.parent:
        return redirect("discussion:reply", reference=comment.parent.reference)
    answers_as = subject.answers(request.user)
    form = _form(request, ReplyForm, comment, answers_as=answers_as)

    def act():
        given = form.cleaned_data | {"officially": form.cleaned_data.get("officially", False)}
        about = {"subject_type": comment.subject_type, "subject_key": comment.subject_key, "parent": comment}
        return services.write(author=request.user, **about, **given)

    return _answer(request, comment, subject, form, act, _("Reply"), _("Your reply is published."))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, reference):
    """Change one's own text."""
    comment, subject = _mine(request, reference)
    form = _form(request, EditForm, comment, initial={"text": comment.text})

    def act():
        return services.edit(comment=comment, author=request.user, text=form.cleaned_data["text"])

    return _answer(request, comment, subject, form, act, _("Change my text"), _("Your text is changed."))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, reference):
    """Take one's own words back."""
    comment, subject = _mine(request, reference)
    form = _form(request, WithdrawForm, comment)

    def act():
        return services.withdraw(comment=comment, author=request.user)

    return _answer(
        request, comment, subject, form, act, _("Withdraw my text"), _("Your text is withdrawn and erased.")
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request, reference):
    """Ask moderators to look at a comment."""
    comment, subject = _seen(request, reference)
    form = _form(request, FlagForm, comment)

    def act():
        services.flag(comment=comment, user=request.user, **form.cleaned_data)
        return comment

    said = _("Thank you. A moderator will look at it and you will be told what was decided.")
    return _answer(request, comment, subject, form, act, _("Report this text"), said)


@never_cache
@require_safe
def versions(request, reference):
    """What a comment said before it was changed."""
    comment, subject = _seen(request, reference)
    if not comment.is_readable:
        raise Http404(_("This text is not shown any more."))
    known = {"comment": comment, "subject": subject, "versions": comment.versions.all()}
    return render(request, "discussion/versions.html", known)


def _seen(request, reference: str):
    """(comment, subject) that this viewer may read. Raises Http404."""
    rows = Comment.objects.select_related("author", "parent")
    comment = rows.filter(reference=reference.upper()).first()
    subject = comment and subjects.find(request.user, comment.subject_type, comment.subject_key)
    if subject is None:
        raise Http404(_("This comment is not there, or not any more."))
    return comment, subject


def _mine(request, reference: str):
    comment, subject = _seen(request, reference)
    if comment.author_id != request.user.pk:
        raise PermissionDenied
    return comment, subject


def _form(request, kind, comment: Comment, **options):
    data = request.POST if request.method == "POST" else None
    return kind(data, user=request.user, auto_id=f"{comment.reference}_%s", **options)


def _expired(request):
    """The form comes back whole with a fresh token, after Django refused the one it was sent with."""
    request.expired = True
    match = resolve(request.path)
    return match.func(request, *match.args, **match.kwargs)


for view in (write, reply, edit, flag):
    view.on_csrf_failure = _expired


def _valid(request, form) -> bool:
    """Whether it may be taken now."""
    if getattr(request, "expired", False):
        form.add_error(None, _("This page had expired. Nothing is lost: check it and send it again."))
    return form.is_valid()


def _answer(request, comment, subject, form, act, title: str, said: str):
    """The form; or what `act` did with it: the thread as it is now, in its place or as a page."""
    if request.method == "POST" and _valid(request, form):
        try:
            done = act()
        except services.NotPossible as error:
            form.add_error(None, str(error))
        else:
            return _done(request, done, subject, said)
    viewer = Viewer.of(request, subject)
    context = {"comment": comment, "subject": subject, "viewer": viewer, "form": form, "title": title}
    if request.htmx:
        return render(request, "discussion/_act.html", context)
    return render(request, "discussion/act.html", context, status=422 if form.is_bound else 200)


def _done(request, done: Comment, subject, said: str):
    root = Comment.objects.select_related("author").get(pk=done.parent_id or done.pk)
    replies = list(Comment.objects.first_replies([root.pk], THREAD))
    total = replies[0].total if replies else 0
    if not request.htmx or total > THREAD:
        messages.success(request, said)
        url = done.get_absolute_url()
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    card = render(request, "discussion/_comment.html", _card(request, root, subject, replies, total) | {"said": said})
    return reswap(retarget(card, f"#c-{root.reference}"), "outerHTML")


def _card(request, root: Comment, subject, replies: list[Comment], total: int) -> dict:
    """What a thread needs, with these replies in the open."""
    for one in replies:
        one.total = total
    decorate([root], request.user, replies)
    return {"comment": root, "subject": subject, "viewer": Viewer.of(request, subject), "whole": True}


def _back(request) -> str:
    """The page the person was on; empty where it is not one of ours."""
    back = request.POST.get("retour", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if ours else ""
