"""Pages of imports: what came before and a new one, then each step of it. For who may import by mandate."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geo.imports import services, where
from geo.imports.forms import FIELD_OF, FORMS, UploadForm, subject
from geo.models import Import

PAGE = 20


def for_importers(view):
    """Signed in, and with a mandate to import."""

    @wraps(view)
    @never_cache
    @login_required
    def guarded(request, *args, **kwargs):
        if not request.user.has_perm(where.PERMISSION):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _seen(request):
    return Import.objects.seen_by(request.user, where.territories_of(request.user)).select_related("owner")


def _own(request, pk: int) -> Import:
    """One that this person may act on: their own, or any for a superuser."""
    one = get_object_or_404(_seen(request), pk=pk)
    if one.owner_id != request.user.pk and not request.user.is_superuser:
        raise PermissionDenied
    return one


@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    """Bring a file; below, what was brought before."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                one = services.receive(owner=request.user, file=form.cleaned_data["file"], language=get_language())
                return redirect("geo:import", one.pk)
            except services.TooMany:
                said = _("%(count)d of your files wait already: import or delete one of them first.")
                form.add_error("file", said % {"count": services.MOST_WAITING})
    page = Paginator(_seen(request).defer("picture", "layers", "report"), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "geo/imports/index.html", context, status=422 if form.errors else 200)


@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def show(request, pk):
    """One import: wait, describe the file, read the report, confirm, see what was done."""
    if request.method == "POST":
        return _check(request, _own(request, pk))
    one = get_object_or_404(_seen(request), pk=pk)
    if request.htmx:
        # The waiting page asks whether it has waited long enough.
        return HttpResponse(status=204, headers={} if one.is_working else {"HX-Refresh": "true"})
    return _shown(request, one)


def _shown(request, one: Import, status: int = 200, **more):
    form = None
    if one.is_open and (one.owner_id == request.user.pk or request.user.is_superuser):
        layer, kind = subject(one, request.GET)
        form = FORMS[kind](one=one, layer=layer)
    return _page(request, one, form, status, **more)


def _page(request, one: Import, form, status: int = 200, **more):
    mine = one.owner_id == request.user.pk or request.user.is_superuser
    context = {"one": one, "form": form, "mine": mine, **more}
    if form:
        context |= {"layer": form.layer, "kind": _kind_of(form), "kinds": Import.Kind.choices}
    fields = {FIELD_OF.get(option) for option in one.report.get("options", ())} - {None}
    if form and not form.is_bound:
        context["helping"] = [form[name] for name in form.fields if name in fields]
    return render(request, "geo/imports/show.html", context, status=status)


def _kind_of(form) -> str:
    return next(kind for kind, one in FORMS.items() if type(form) is one)


def _check(request, one: Import):
    if not one.is_open:
        messages.info(request, _("This import has gone on in the meantime: here is where it stands."))
        return redirect("geo:import", one.pk)
    layer, kind = subject(one, request.POST)
    form = FORMS[kind](request.POST, one=one, layer=layer)
    if not form.is_valid():
        return _page(request, one, form, status=422)
    return _act(request, one, lambda: services.check(pk=one.pk, kind=kind, choices=form.choices()))


@for_importers
@require_POST
def confirm(request, pk):
    """Do what was checked."""
    one = _own(request, pk)
    try:
        return _act(request, one, lambda: services.confirm(pk=one.pk, displace="displace" in request.POST))
    except services.NotAccepted:
        return _shown(request, one, status=422, displace_missing=True)


@for_importers
@require_POST
def discard(request, pk):
    """Forget a file that has changed nothing."""
    one = _own(request, pk)
    try:
        services.discard(pk=one.pk)
    except services.NotNow:
        messages.info(request, _("This import has gone on in the meantime: here is where it stands."))
        return redirect("geo:import", one.pk)
    messages.success(request, _("The file is deleted. Nothing of the town was changed."))
    return redirect("geo:imports")


def _act(request, one: Import, act):
    try:
        act()
    except services.NotNow:
        messages.info(request, _("This import has gone on in the meantime: here is where it stands."))
    return redirect("geo:import", one.pk)


@for_importers
@require_safe
def picture(request, pk):
    """The objects of the file as GeoJSON, simplified: line, name, at, bad."""
    one = get_object_or_404(_seen(request), pk=pk)
    body = one.picture or '{"type": "FeatureCollection", "features": []}'
    return HttpResponse(body, content_type="application/geo+json")


def section(request) -> dict:
    """For the account page: whether imports are open to that person."""
    return {"open": request.user.has_perm(where.PERMISSION), "url": reverse("geo:imports")}
