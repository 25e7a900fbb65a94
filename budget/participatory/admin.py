"""Setting up a budget: sums, envelopes, calendar, rules of the vote. What is written goes through services."""

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, models, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.administration import ALL, WRITE, administered, open_to_administrators
from budget.participatory import phases, services
from budget.participatory.models import Ballot, Budget, Envelope, Phase, Rule, Theme
from common.forms import EuroField
from common.money import euros
from geo.models import Level, Territory

open_to_administrators("participatory", budget=WRITE, phase=ALL, envelope=ALL, theme=WRITE)


FROZEN = ("slug", "rules", "total", "territory", "votes_where", "votes_proof", "votes_level", "votes_age")
FROZEN_SINCE = _("The vote has opened: this stays as it is.")
TOO_MUCH = _("The envelopes together hold more than the budget.")
PAPER_FROZEN = _("The vote has opened: nothing of the ballot paper can be changed any more.")


def has_opened(budget: Budget | None) -> bool:
    """Whether the vote of a budget, which need not be kept yet, has opened."""
    return bool(budget and budget.pk) and budget.has_begun("voting")


def typed_anew(form: forms.BaseForm, names) -> list[str]:
    """Fields, of these, that a form brings with something else in them, though it takes nothing of them any more."""
    found = []
    for name in names:
        field, sent = form.fields.get(name), form.add_prefix(name)
        if field is None or sent not in form.data:
            continue
        text = field.widget.value_from_datadict(form.data, form.files, sent)
        # A disabled field never counts as changed.
        field.disabled, disabled = False, field.disabled
        if field.has_changed(form.get_initial_for_field(field, name), text):
            found.append(name)
        field.disabled = disabled
    return found


def rules_mistakes(given) -> dict[str, str]:
    """What is wrong with rules of a vote (fields of Envelope), by field."""
    found = {}
    if given.get("ballot") == "points" and not given.get("max_points"):
        found["max_points"] = _("How many points has each person?")
    if given.get("ballot") == "approval" and not given.get("max_choices"):
        found["max_choices"] = _("How many projects may one choose?")
    if (given.get("ballot") == "grades") != (given.get("rule") == "majority-judgment"):
        found["rule"] = _("Grades are counted by majority judgment, and only grades are.")
    if given.get("rule") == "greedy-threshold" and not given.get("threshold"):
        found["threshold"] = _("From how many votes on may a project win?")
    return found


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
    # Rules of all envelopes at once; empty, each keeps its own.
    ballot = forms.ChoiceField(
        choices=[("", "—"), *Ballot.choices], label=Envelope._meta.get_field("ballot").verbose_name, required=False
    )
    max_choices = forms.IntegerField(
        min_value=1, max_value=10_000, label=Envelope._meta.get_field("max_choices").verbose_name, required=False
    )
    max_points = forms.IntegerField(
        min_value=1, max_value=10_000, label=Envelope._meta.get_field("max_points").verbose_name, required=False
    )
    rule = forms.ChoiceField(
        choices=[("", "—"), *Rule.choices], label=Envelope._meta.get_field("rule").verbose_name, required=False
    )
    threshold = forms.IntegerField(
        min_value=1, max_value=10**9, label=Envelope._meta.get_field("threshold").verbose_name, required=False
    )
    rules_asked = ("ballot", "max_choices", "max_points", "rule", "threshold")

    class Meta:
        model = Budget
        fields = ["title", "slug", "summary", "rules", "territory", "total", "formula"]
        fields += ["votes_where", "votes_proof", "votes_level", "votes_age"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.frozen = FROZEN if has_opened(self.instance) else ()
        for name in self.frozen:
            self.fields[name].disabled = True
            self.fields[name].help_text = FROZEN_SINCE

    def clean(self):
        given = super().clean()
        for name in typed_anew(self, self.frozen):
            self.add_error(name, FROZEN_SINCE)
        alike = {name: given[name] for name in self.rules_asked if given.get(name)}
        if self.frozen and (given.get("districts") or given.get("share_again") or alike):
            raise forms.ValidationError(PAPER_FROZEN)
        if alike:
            for name in ("ballot", "rule"):
                if not given.get(name):
                    self.add_error(name, _("Choose how people vote and how votes are counted, both."))
            if not given.get("districts") and not (self.instance.pk and self.instance.envelopes.exists()):
                self.add_error("ballot", _("There is no envelope yet: add them first, then set their rules."))
            if not self.errors:
                for name, message in rules_mistakes(given).items():
                    self.add_error(name, message)
        return given


class EnvelopeForm(forms.ModelForm):
    amount = EuroField(label=_("amount (euros)"), required=False)

    def clean_amount(self):
        return self.cleaned_data["amount"] or 0

    def clean(self):
        given = super().clean()
        # A page opened before the vote comes back after it.
        if has_opened(self.instance.budget if self.instance.pk else given.get("budget")):
            raise forms.ValidationError(PAPER_FROZEN)
        budget = given.get("budget")
        if budget and budget.published_at:
            others = budget.envelopes.exclude(pk=self.instance.pk).aggregate(all=Sum("amount"))["all"] or 0
            if others + (given.get("amount") or 0) > budget.total:
                self.add_error("amount", TOO_MUCH)
        scope, territory, theme = (given.get(name) for name in ("scope", "territory", "theme"))
        if scope == "territory" and not territory:
            self.add_error("territory", _("Which district is it for?"))
        if scope == "theme" and not theme:
            self.add_error("theme", _("Which theme is it for?"))
        if scope != "theme" and theme:
            self.add_error("theme", _("Only the envelope of a theme has one."))
        if "ballot" in self.fields:
            for name, message in rules_mistakes(given).items():
                self.add_error(name, message)
        return given


class PhaseFormSet(forms.BaseInlineFormSet):
    """The calendar as a whole: phases that contradict each other are refused where they are typed."""

    def windows(self) -> list[phases.Window]:
        kept = (form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE"))
        return [
            phases.Window(*(self.value(form, name) for name in ("kind", "opens_at", "closes_at"))) for form in kept
        ]

    def value(self, form, name: str):
        """What a form says; a moment that was not touched keeps the part of a second that the page does not show."""
        given = form.cleaned_data[name]
        return given if name in form.changed_data else form.initial.get(name, given)

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        windows = self.windows()
        by_kind = {form.cleaned_data.get("kind"): form for form in self.forms if form.cleaned_data}
        for kind, message in phases.mistakes(windows):
            by_kind[kind].add_error("closes_at", message)
        if any(self.errors):
            return
        try:
            services.refuse_moved(self.instance, self.instance.pk and self.instance.window("voting"), windows)
        except services.BudgetError as refused:
            raise forms.ValidationError(str(refused)) from None


class PhaseInline(admin.TabularInline):
    model = Phase
    formset = PhaseFormSet
    fields = ["kind", "opens_at", "closes_at"]
    extra = 0


class EnvelopeFormSet(forms.BaseInlineFormSet):
    """The envelopes of a budget; what a page opened before the vote brings after it is refused in words."""

    def clean(self):
        super().clean()
        if has_opened(self.instance) and any(map(self.is_typed, self.forms)):
            raise forms.ValidationError(PAPER_FROZEN)
        kept = [form.cleaned_data for form in self.forms if getattr(form, "cleaned_data", None)]
        shared = sum(one.get("amount") or 0 for one in kept if not one.get("DELETE"))
        if self.instance.published_at and "share_again" not in self.data and shared > (self.instance.total or 0):
            raise forms.ValidationError(TOO_MUCH)

    def save_new(self, form, commit=True):
        form.instance.slug = services.free_slug(self.instance, form.instance.title)
        form.instance.position = self.instance.envelopes.count()
        return super().save_new(form, commit)

    def is_typed(self, form) -> bool:
        return f"{form.prefix}-DELETE" in self.data or bool(typed_anew(form, form.fields))


class EnvelopeInline(admin.TabularInline):
    model = Envelope
    form = EnvelopeForm
    formset = EnvelopeFormSet
    fields = ["title", "scope", "territory", "theme", "amount", "social_weight"]
    readonly_fields = ["in_euros"]
    formfield_overrides = {
        models.CharField: {"widget": forms.TextInput(attrs={"size": 16})},
        models.DecimalField: {"widget": forms.TextInput(attrs={"size": 5, "inputmode": "decimal"})},
    }
    extra = 0
    show_change_link = True

    def get_formset(self, request, obj=None, **kwargs):
        self.budget = obj
        return super().get_formset(request, obj, **kwargs)

    def get_fields(self, request, obj=None):
        # A form that is not shown shows no field in euros.
        return ["in_euros" if name == "amount" and has_opened(obj) else name for name in self.fields]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        # Without the buttons that add, change and show the related row: eleven rows of them fill a screen.
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if hasattr(getattr(field, "widget", None), name):
                setattr(field.widget, name, False)
        return field

    @admin.display(description=_("amount"))
    def in_euros(self, envelope):
        return euros(envelope.amount)

    def formfield_for_foreignkey(self, field, request, **kwargs):
        if field.name == "territory":
            inside = Q(pk=None)
            if self.budget:
                place = self.budget.territory_id
                inside = Q(parent=place) | Q(parent__parent=place) | Q(envelopes__budget=self.budget)
            kwargs["queryset"] = Territory.objects.filter(inside).distinct().order_by("level__rank", "name")
        return super().formfield_for_foreignkey(field, request, **kwargs)


class Freezing(admin.ModelAdmin):
    """Where the vote opens between reading a page and saving it, the page comes back and says so."""

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (IntegrityError, services.BudgetError):
            return super().changeform_view(request, *args, **kwargs)


@admin.register(Budget)
class BudgetAdmin(Freezing):
    form = BudgetForm
    list_display = ["title", "territory", "published_at"]
    autocomplete_fields = ["territory"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PhaseInline, EnvelopeInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "rules", "territory"]}),
        (_("Money"), {"fields": ["total", "formula", "districts", "share_again"]}),
        (
            _("How people vote, in all envelopes at once"),
            {
                "fields": BudgetForm.rules_asked,
                "description": _(
                    "Left empty, each envelope keeps its own rules: they stand on its page, with the other choices."
                ),
            },
        ),
        (_("Who votes"), {"fields": ["votes_where", "votes_proof", "votes_level", "votes_age"]}),
        (_("Publication"), {"fields": ["published_at", "publish"]}),
    ]
    readonly_fields = ["published_at"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(territory__in=administered(request.user))

    def formfield_for_foreignkey(self, field, request, **kwargs):
        if field.name == "territory" and not request.user.is_superuser:
            kwargs["queryset"] = Territory.objects.filter(pk__in=administered(request.user))
        return super().formfield_for_foreignkey(field, request, **kwargs)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if has_opened(obj) else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not has_opened(obj)

    def get_inline_instances(self, request, obj=None):
        inlines = super().get_inline_instances(request, obj)
        if has_opened(obj):
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
        alike = {name: wanted.get(name) or None for name in BudgetForm.rules_asked}
        acts = [
            (wanted["districts"], lambda: services.add_districts(budget=budget, level=wanted["districts"])),
            (alike["ballot"], lambda: services.vote_alike(budget=budget, **alike)),
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
class EnvelopeAdmin(Freezing):
    form = EnvelopeForm
    list_display = ["title", "budget", "scope", "ballot", "rule"]
    list_filter = ["budget"]
    autocomplete_fields = ["territory"]
    readonly_fields = ["seed"]

    def get_fields(self, request, obj=None):
        # Read only, an amount is said in euros.
        names = super().get_fields(request, obj)
        return ["in_euros" if name == "amount" and has_opened(obj and obj.budget) else name for name in names]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "in_euros"]

    @admin.display(description=_("amount"))
    def in_euros(self, envelope):
        return euros(envelope.amount)

    def has_change_permission(self, request, obj=None):
        # Once the vote has opened it is read, not written; who sends it from a page opened before is told so.
        reads = request.method != "POST" and obj is not None and has_opened(obj.budget)
        return super().has_change_permission(request, obj) and not reads

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and has_opened(obj.budget))


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    list_display = ["name", "competence", "is_active"]
    prepopulated_fields = {"code": ["name"]}
