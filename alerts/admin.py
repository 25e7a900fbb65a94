"""Administration: the catalogue and its rules are edited, alerts are only read. Their life is in alerts.services."""

from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.administration import ALL, open_to_administrators
from alerts import catalogue, services
from alerts.models import Alert, AlertEvent, Category, Question, ResponseTemplate, RoutingRule, Team

open_to_administrators("alerts", category=ALL, question=ALL, responsetemplate=ALL, routingrule=ALL, team=ALL)
MAX_FILE = 5_000_000  # bytes; a thousand categories take one


class ChoicesField(forms.CharField):
    """The list of a question, one answer a line: “key = words”, or the words alone."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 40})

    def prepare_value(self, value):
        if isinstance(value, list):
            return "\n".join(f"{one['key']} = {one['name']}" for one in value)
        return value

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        pairs = [[part.strip() for part in line.split("=", 1)] for line in lines]
        return [{"key": slugify(pair[0])[:60], "name": pair[-1]} for pair in pairs]


class AnswersField(forms.CharField):
    """What a rule wants answered, one question a line: “code = key, key”."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 40})

    def prepare_value(self, value):
        if isinstance(value, dict):
            return "\n".join(f"{code} = {', '.join(keys)}" for code, keys in value.items())
        return value

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        pairs = [line.partition("=") for line in lines]
        if wrong := [code for code, sign, keys in pairs if not (code.strip() and keys.strip())]:
            raise forms.ValidationError(
                gettext("Write “question = answer, answer”, not “%(line)s”.") % {"line": wrong[0]}
            )
        found: dict[str, list[str]] = {}
        for code, _sign, keys in pairs:
            found.setdefault(code.strip(), []).extend(key.strip() for key in keys.split(",") if key.strip())
        return found


class RoutingRuleForm(forms.ModelForm):
    answers = AnswersField(
        label=_("answers"),
        required=False,
        help_text=_(
            "Only where it was answered so. One question a line, by the codes of question and answers: "
            "“etat = eteint, clignote”. Empty: whatever was answered."
        ),
    )


class QuestionForm(forms.ModelForm):
    choices = ChoicesField(
        label=_("list"), required=False, help_text=_("One answer a line: “yes = Yes, it is dangerous”.")
    )

    class Meta:
        model = Question
        fields = ["code", "label", "help", "type", "choices", "required", "is_public", "position"]


class QuestionInline(admin.StackedInline):
    model = Question
    form = QuestionForm
    extra = 0


class TemplateInline(admin.StackedInline):
    model = ResponseTemplate
    extra = 0


class CatalogueFile(forms.Form):
    """A file of categories to bring in."""

    file = forms.FileField(label=_("File (.json or .csv)"))
    withdraw_others = forms.BooleanField(label=_("No longer offer what the file lacks"), required=False)
    confirmed = forms.BooleanField(label=_("Write the changes (without this, they are only shown)"), required=False)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith((".json", ".csv")):
            raise forms.ValidationError(_("The file must end in .json or .csv."))
        if file.size > MAX_FILE:
            raise forms.ValidationError(_("This file is too large for a catalogue."))
        return file


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    class Media:
        css: ClassVar = {"all": ["alerts/css/admin.css"]}

    change_list_template = "alerts/admin/categories.html"
    list_display = ["name", "parent", "competence", "target_days", "duplicate_radius", "visibility", "is_active"]
    list_editable = ["is_active"]
    list_filter = ["is_active", "visibility", "identity", "parent"]
    list_select_related = ["competence", "parent"]
    search_fields = ["name", "code", "keywords"]
    prepopulated_fields = {"code": ["name"]}
    inlines = [QuestionInline, TemplateInline]
    actions = ["conceal"]
    fieldsets = [
        (None, {"fields": ["name", "code", "parent", "position", "icon", "description", "keywords", "is_active"]}),
        (_("Treatment"), {"fields": ["competence", "target_days", "duplicate_radius", "asset_kind", "reopen_days"]}),
        (_("Residents"), {"fields": ["notice", "is_stopper", "identity", "visibility", "photos_checked"]}),
        (_("Retention"), {"fields": ["anonymise_days", "erase_days"]}),
    ]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        still = Alert.objects.kept().filter(category=obj, is_public=True)
        if obj.visibility == Category.Visibility.PRIVATE and (count := still.count()):
            said = ngettext(
                "One older report of this category stays public. To take it out of the public's sight, choose the "
                "category in the list, then “%(action)s”.",
                "%(count)d older reports of this category stay public. To take them out of the public's sight, choose "
                "the category in the list, then “%(action)s”.",
                count,
            )
            messages.warning(request, said % {"count": count, "action": self.conceal.short_description})

    @admin.action(permissions=["change"], description=_("take their reports out of the public's sight"))
    def conceal(self, request, chosen):
        count = sum(services.conceal(category=one, actor=request.user) for one in chosen)
        said = ngettext("One report is not public any more.", "%(count)d reports are not public any more.", count)
        messages.success(request, said % {"count": count})

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("fichier.<str:form>", wrap(self.export), name="alerts_category_export"),
            path("fichier/", wrap(self.bring_in), name="alerts_category_import"),
            *super().get_urls(),
        ]

    def export(self, request, form):
        """The catalogue as a file."""
        if form not in ("json", "csv") or not self.has_view_permission(request):
            raise PermissionDenied
        text = (catalogue.to_csv if form == "csv" else catalogue.to_json)(catalogue.dump())
        name = f"categories-{timezone.localdate():%Y%m%d}.{form}"
        kind = "text/csv" if form == "csv" else "application/json"
        return HttpResponse(
            text,
            content_type=f"{kind}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def bring_in(self, request):
        """Show what a file would change; write it where that was confirmed."""
        if not (self.has_change_permission(request) and self.has_add_permission(request)):
            raise PermissionDenied
        form, report = CatalogueFile(request.POST or None, request.FILES or None), None
        if form.is_valid():
            report = self._load(form)
            if report and form.cleaned_data["confirmed"]:
                messages.success(request, gettext("The catalogue was brought up to date."))
                return redirect("admin:alerts_category_changelist")
        context = self.admin_site.each_context(request) | {"form": form, "report": report, "opts": self.opts}
        return render(request, "alerts/admin/catalogue_file.html", context, status=422 if form.errors else 200)

    @staticmethod
    def _load(form):
        file, given = form.cleaned_data["file"], form.cleaned_data
        try:
            text = file.read().decode("utf-8-sig")
            return catalogue.load(
                rows=catalogue.parse(text, file.name.lower().rpartition(".")[2]),
                withdraw_others=given["withdraw_others"],
                dry_run=not given["confirmed"],
            )
        except UnicodeDecodeError:
            form.add_error("file", _("This file is not in UTF-8."))
        except catalogue.Refused as refusal:
            for problem in refusal.problems[:50]:
                form.add_error("file", problem)
        return None


@admin.register(RoutingRule)
class RoutingRuleAdmin(admin.ModelAdmin):
    form = RoutingRuleForm
    list_display = ["name", "position", "category", "territory", "body", "is_active"]
    list_editable = ["position", "is_active"]
    list_filter = ["is_active", "body"]
    list_select_related = ["category", "territory", "body"]
    search_fields = ["name"]
    autocomplete_fields = ["category"]
    raw_id_fields = ["territory"]
    filter_horizontal = ["also"]


@admin.register(ResponseTemplate)
class ResponseTemplateAdmin(admin.ModelAdmin):
    list_display = ["title", "body", "category", "transition", "position"]
    list_filter = ["body", "transition"]
    list_select_related = ["body", "category"]
    search_fields = ["title", "text"]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ["name", "body"]
    list_filter = ["body"]
    list_select_related = ["body"]
    autocomplete_fields = ["members"]


class ReadOnly:
    """Looking without touching."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class EventInline(ReadOnly, admin.TabularInline):
    model = AlertEvent
    fields = ["created_at", "transition", "to_status", "message", "note", "planned_for", "actor"]
    readonly_fields = ["created_at"]


@admin.register(Alert)
class AlertAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["reference", "category", "status", "body", "created_at"]
    list_filter = ["status", "source", "category"]
    list_select_related = ["category", "body"]
    search_fields = ["reference"]
    date_hierarchy = "created_at"
    exclude = ["tracking_token"]
    inlines = [EventInline]
