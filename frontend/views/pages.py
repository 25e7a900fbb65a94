"""Texts, open data and the gallery of components."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alerts import keeping
from alerts.workflow import GROUPS
from common.markdown import render as markdown
from frontend.models import ContentPage
from geo import layers
from geo.exports.formats import FORMATS, SRIDS
from geo.opendata import snapshot


@require_safe
def content(request, slug):
    """A text of the town's: legal notice, privacy, accessibility, about."""
    page = get_object_or_404(ContentPage, slug=slug)
    kept = keeping.told() if slug == "confidentialite" else None
    return render(request, "frontend/content.html", {"page": page, "body": markdown(page.body), "kept": kept})


@require_safe
def data(request):
    """Every layer as open data: files, addresses, licence."""
    context = {
        "layers": layers.open_to(request.user),
        "formats": FORMATS,
        "systems": SRIDS,
        "base_url": settings.BASE_URL,
        "nightly": snapshot.listed(),
    }
    return render(request, "frontend/data.html", context)


@require_safe
def robots(request):
    """What search engines leave alone: what is not a page, and people's own pages."""
    lines = ["User-agent: *", "Disallow: /compte/", "Disallow: /exports/", "Disallow: /map/", "Disallow: /admin/"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain")


class GalleryForm(forms.Form):
    """One field of each kind, for the gallery of components."""

    name = forms.CharField(label=_("Name"), help_text=_("As it stands on your letter box."))
    email = forms.EmailField(label=_("Your e-mail"), required=False)
    text = forms.CharField(label=_("Description"), widget=forms.Textarea(attrs={"rows": 4}))
    when = forms.DateField(label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    choice = forms.ChoiceField(
        label=_("One of several"), choices=[("a", _("First")), ("b", _("Second"))], widget=forms.RadioSelect
    )
    several = forms.MultipleChoiceField(
        label=_("Several"),
        choices=[("a", _("First")), ("b", _("Second"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    select = forms.ChoiceField(label=_("From a list"), choices=[("a", _("First")), ("b", _("Second"))])
    photo = forms.FileField(label=_("Photo"), required=False)
    agree = forms.BooleanField(label=_("I have read this"))


@require_safe
def styleguide(request):
    """Every component in every state; only in development."""
    if not settings.DEVELOPMENT:
        raise Http404
    wrong = GalleryForm({"email": "pas-une-adresse"}, auto_id="wrong_%s")
    wrong.is_valid()
    context = {"form": GalleryForm(), "wrong": wrong, "groups": GROUPS, "layers": layers.explored()}
    return render(request, "frontend/styleguide.html", context)
