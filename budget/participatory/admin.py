"""Setting up a budget: sums, envelopes, calendar, rules of the vote. What is written goes through services."""

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.administration import ALL, WRITE, administered, open_to_administrators
from budget.participatory import phases, services
from budget.participatory.models import Budget, Envelope, Phase, Theme
from common.forms import EuroField
from geo.models import Level, Territory

open_to_administrators("participatory", budget=WRITE, phase=ALL, envelope=ALL, theme=WRITE)


class BudgetForm(forms.ModelForm):
    """A budget, and what is to be done with it once it is saved."""

    total = EuroField(label=_("total (euros)"))
    districts = forms.ModelChoiceField(
        Level.objects.order_by("rank"),
        label=_("add an envelope for each"),
        required=False,
        help_text=_("One for each territory of that level inside the budget's own that has none yet."),
    )
    share_again = forms.BooleanField(
        label=_("share the total out by the formula now"),
        required=False,
        help_text=_("Sets the amounts of the districts' envelopes; the others keep theirs."),
    )
    publish = forms.BooleanField(label=_("publish now"), required=False)

    class Meta:
        model = Budget
        fields = ["title", "slug", "summary", "rules", "territory", "total", "formula"]
        fields += ["votes_where", "votes_proof", "votes_level", "votes_age"]


class EnvelopeForm(forms.ModelForm):
    amount = EuroField(label=_("amount (euros)"), required=False)

    def clean_amount(self):
        return self.cleaned_data["amount"] or 0

    def clean(self):
        given = super().clean()
        scope, territory, theme = (given.get(name) for name in ("scope", "territory", "theme"))
        if scope == "territory" and not territory:
            self.add_error("territory", _("Which district is it for?"))
        if scope == "theme" and not theme:
            self.add_error("theme", _("Which theme is it for?"))
        if scope != "theme" and theme:
            self.add_error("theme", _("Only the envelope of a theme has one."))
        if given.get("ballot") == "points" and not given.get("max_points"):
            self.add_error("max_points", _("How many points has each person?"))
        if given.get("ballot") == "approval" and not given.get("max_choices"):
            self.add_error("max_choices", _("How many projects may one choose?"))
        if (given.get("ballot") == "grades") != (given.get("rule") == "majority-judgment"):
            self.add_error("rule", _("Grades are counted by majority judgment, and only grades are."))
        if given.get("rule") == "greedy-threshold" and not given.get("threshold"):
            self.add_error("threshold", _("From how many votes on may a project win?"))
        return given


class PhaseFormSet(forms.BaseInlineFormSet):
    """The calendar as a whole: phases that contradict each other are refused where they are typed."""

    def windows(self) -> list[phases.Window]:
        kept = (form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE"))
        return [
            phases.Window(*(form.cleaned_data[name] for name in ("kind", "opens_at", "closes_at"))) for form in kept
        ]

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        windows = self.windows()
        by_kind = {form.cleaned_data.get("kind"): form for form in self.forms if form.cleaned_data}
        for kind, message in phases.mistakes(windows):
            by_kind[kind].add_error("closes_at", message)
        if not self.is_valid_calendar(windows):
            raise forms.ValidationError(
                gettext("The vote has opened: its dates stay. While it runs, only its end can be put off.")
            )

    def is_valid_calendar(self, windows: list[phases.Window]) -> bool:
        """Whether a vote that has opened stays where it is."""
        vote = self.instance.window("voting") if self.instance.pk else None
        if vote is None or not vote.begun(timezone.now()):
            return True
        planned = next((window for window in windows if window.kind == "voting"), None)
        if planned is None or planned.opens_at != vote.opens_at:
            return False
        return planned.closes_at == vote.closes_at or (
            not vote.over(timezone.now()) and planned.closes_at > vote.closes_at
        )


class PhaseInline(admin.TabularInline):
    model = Phase
    formset = PhaseFormSet
    fields = ["kind", "opens_at", "closes_at"]
    extra = 0


class EnvelopeInline(admin.TabularInline):
    model = Envelope
    form = EnvelopeForm
    fields = ["title", "slug", "scope", "territory", "theme", "amount", "social_weight", "ballot", "rule"]
    raw_id_fields = ["territory"]
    prepopulated_fields = {"slug": ["title"]}
    extra = 0
    show_change_link = True


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin):
    form = BudgetForm
    list_display = ["title", "territory", "published_at"]
    raw_id_fields = ["territory"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PhaseInline, EnvelopeInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "rules", "territory"]}),
        (_("Money"), {"fields": ["total", "formula", "districts", "share_again"]}),
        (_("Who votes"), {"fields": ["votes_where", "votes_proof", "votes_level", "votes_age"]}),
        (_("Publication"), {"fields": ["publish"]}),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(territory__in=administered(request.user))

    def formfield_for_foreignkey(self, field, request, **kwargs):
        if field.name == "territory" and not request.user.is_superuser:
            kwargs["queryset"] = Territory.objects.filter(pk__in=administered(request.user))
        return super().formfield_for_foreignkey(field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        # Who votes is as much part of the vote as its paper.
        frozen = obj is not None and obj.has_begun("voting")
        return ["territory", "votes_where", "votes_proof", "votes_level", "votes_age"] if frozen else []

    def get_inline_instances(self, request, obj=None):
        inlines = super().get_inline_instances(request, obj)
        if obj and obj.has_begun("voting"):
            for inline in inlines:
                if isinstance(inline, EnvelopeInline):
                    inline.has_change_permission = inline.has_add_permission = lambda *_args, **_kwargs: False
                    inline.has_delete_permission = lambda *_args, **_kwargs: False
        return inlines

    def save_formset(self, request, form, formset, change):
        if isinstance(formset, PhaseFormSet):
            services.set_phases(budget=form.instance, windows=formset.windows())
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        else:
            super().save_formset(request, form, formset, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        budget, wanted = form.instance, form.cleaned_data
        acts = [
            (wanted["districts"], lambda: services.add_districts(budget=budget, level=wanted["districts"])),
            (wanted["share_again"], lambda: services.share_out(budget=budget)),
            (wanted["publish"], lambda: services.publish(budget=budget)),
        ]
        for asked, act in acts:
            if asked:
                try:
                    with transaction.atomic():
                        act()
                except services.BudgetError as refused:
                    messages.error(request, str(refused))


@admin.register(Envelope)
class EnvelopeAdmin(admin.ModelAdmin):
    form = EnvelopeForm
    list_display = ["title", "budget", "scope", "ballot", "rule"]
    list_filter = ["budget"]
    raw_id_fields = ["territory"]
    readonly_fields = ["seed"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.budget.has_begun("voting"))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.budget.has_begun("voting"))


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    list_display = ["name", "competence", "is_active"]
    prepopulated_fields = {"code": ["name"]}
