"""Scheduled exports and the state of large ones, for administrators."""

import re

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo import layers
from geo.exports import stores
from geo.exports.formats import FORMATS, SRIDS
from geo.exports.wanted import ALL, NotThere, wanted
from geo.layers import BadParameter
from geo.models import Export, ExportSchedule


class ScheduleForm(forms.ModelForm):
    """Only what the person who saves it could export by hand."""

    layers = forms.MultipleChoiceField(label=_("layers"), widget=forms.CheckboxSelectMultiple)
    format = forms.ChoiceField(label=_("format"), choices=[(one.name, one.title) for one in FORMATS.values()])
    srid = forms.TypedChoiceField(
        label=_("coordinate system (EPSG)"),
        coerce=int,
        choices=[(srid, f"{title} (EPSG:{srid})") for srid, title in SRIDS.items()],
    )
    store = forms.ChoiceField(label=_("store"), help_text=_("The stores are named by the deployment (EXPORT_STORES)."))
    viewer = AnonymousUser()

    class Meta:
        model = ExportSchedule
        fields = ["name", "layers", "format", "srid", "parameters", "rhythm", "hour", "store", "path", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["layers"].choices = [(layer.name, layer.title) for layer in layers.open_to(self.viewer)]
        self.fields["store"].choices = [(name, name) for name in stores.names()]

    def clean_path(self):
        name = self.cleaned_data["path"]
        if unknown := re.search(r"\{[^}]*\}?", stores.dated(name, timezone.localdate())):
            said = _("%(word)s stands for nothing: use {date}, {year}, {month} or {day}.")
            raise forms.ValidationError(said % {"word": unknown.group()})
        if not stores.safe(stores.dated(name, timezone.localdate())):
            raise forms.ValidationError(_("Give a path inside the store, without “..” and without a / at its start."))
        return name

    def clean(self):
        given = super().clean()
        if self.errors:
            return given
        names, query = given["layers"], QueryDict(given["parameters"], mutable=True)
        if chosen_by_form := {"crs", "layer", "api_key"} & set(query):
            raise forms.ValidationError({"parameters": f"{min(chosen_by_form)}: " + _("This is chosen above.")})
        query["crs"] = f"EPSG:{given['srid']}"
        several = len(names) > 1
        if several:
            query.setlist("layer", names)
        try:
            asked = wanted(self.viewer, ALL if several else names[0], given["format"], query)
            asked.select(self.viewer)
        except BadParameter as error:
            where = {"crs": "srid", "layer": "layers"}.get(error.parameter, "parameters")
            raise forms.ValidationError({where: f"{error.parameter}: {error}"}) from error
        except NotThere as error:
            raise forms.ValidationError({"format": str(error)}) from error
        if not given["path"].lower().endswith(f".{asked.form.file_ending}"):
            said = _("A file of this format ends with .%(ending)s.") % {"ending": asked.form.file_ending}
            raise forms.ValidationError({"path": said})
        given["parameters"] = asked.parameters
        return given


@admin.register(ExportSchedule)
class ExportScheduleAdmin(admin.ModelAdmin):
    list_display = ["name", "rhythm", "hour", "store", "path", "is_active", "last_success_at", "failed"]
    list_filter = ["is_active", "rhythm", "store"]
    search_fields = ["name", "path"]
    form = ScheduleForm
    readonly_fields = ["owner", "last_slot", "last_success_at", "last_path", "last_rows", "last_error"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        made = super().get_form(request, obj, change, **kwargs)
        made.viewer = request.user
        return made

    def save_model(self, request, obj, form, change):
        # Whoever decides what leaves lends their own rights to it, nobody else's.
        obj.owner = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=_("last error"))
    def failed(self, schedule):
        return schedule.last_error.partition("\n")[0][:100]


@admin.register(Export)
class ExportAdmin(admin.ModelAdmin):
    """To look at: what is being made and what failed."""

    list_display = ["asked_at", "format", "what", "state", "total", "attempts", "finished_at", "error"]
    list_filter = ["state", "format"]
    exclude = ["token", "digest", "version"]

    @admin.display(description=_("layers"))
    def what(self, job):
        return ", ".join(job.layers)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
