"""The page where a report is chosen, the report as a file and as a PDF, and who wants it every month."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.ratelimit import exceeded
from frontend.report import content, file, monthly, paper
from frontend.report.choice import ChoiceForm
from geo.models import Territory

WINDOW = 600  # seconds


@never_cache
@login_required
@require_safe
def choose(request, level, code):
    """Choose days and category of a report (`?periode=`, `?du=`, `?au=`, `?avec=`, `?categorie=`) and take it away."""
    territory = _territory(level, code)
    shown = content.boards(request.user, territory)
    if not shown:
        return _refused(request, territory)
    form = ChoiceForm(request.GET, shown)
    return _page(request, territory, form, status=200 if form.is_valid() else 400)


@never_cache
@login_required
@require_safe
def download(request, level, code, form):
    """The report as a file (`form` "html") or on paper ("pdf"); what cannot be understood leads to the page above."""
    territory = _territory(level, code)
    shown = content.boards(request.user, territory)
    if not shown:
        return _refused(request, territory)
    asked = ChoiceForm(request.GET, shown)
    if not asked.is_valid():
        return _page(request, territory, asked, status=400)
    if exceeded(f"report:{request.user.pk}", limit=settings.REPORTS_LIMIT, seconds=WINDOW):
        asked.add_error(None, _("You took many reports within a few minutes. Take the next one in ten minutes."))
        return _page(request, territory, asked, status=429)
    report = content.report(territory=territory, choice=asked.choice(), shown=shown)
    body, kind = (paper.pdf(report), "application/pdf") if form == "pdf" else (file.html(report), "text/html")
    name = content_disposition_header(as_attachment=True, filename=f"{report.file_name}.{form}")
    return HttpResponse(body, content_type=kind, headers={"Content-Disposition": name})


def _territory(level: str, code: str) -> Territory:
    return get_object_or_404(Territory.objects.select_related("level", "parent"), level__code=level, code=code)


def _refused(request, territory: Territory) -> HttpResponse:
    return render(request, "frontend/no_dashboard.html", {"territory": territory}, status=403)


def _page(request, territory: Territory, form: ChoiceForm, status: int) -> HttpResponse:
    context = {
        "territory": territory,
        "form": form,
        "query": request.GET.urlencode(),
        "monthly": monthly.wish_of(request.user),
    }
    return render(request, "frontend/report/choose.html", context, status=status)


@login_required
@require_POST
def wish(request):
    """Want the monthly mail (`wanted=1`) or not."""
    if not monthly.may_want(request.user):
        raise PermissionDenied
    wanted = request.POST.get("wanted") == "1"
    monthly.choose(user=request.user, wanted=wanted)
    messages.success(
        request,
        _("We send you the report of your territories at the beginning of each month.")
        if wanted
        else _("We no longer send you the monthly report."),
    )
    return redirect("account_home")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request, token):
    """Stop the monthly mail from one of them, without signing in.

    Mail scanners open every link, so GET only asks; mail programs POST (RFC 8058), which brings no cookie: the signed
    link is the proof.
    """
    try:
        person = monthly.person_of(token)
    except signing.BadSignature:
        raise Http404(_("This link is not complete. Copy it whole from the mail.")) from None
    if person and request.method == "POST":
        monthly.choose(user=person, wanted=False)
    done = person is None or not monthly.wish_of(person)
    return render(request, "frontend/report/stop.html", {"done": done})
