"""What is typed at the desk of a vote."""

from django import forms
from django.utils.translation import gettext_lazy as _

from budget.participatory.models import Envelope
from budget.voting.models import Booth
from budget.voting.services.booths import MOST_IN_BUNDLE
from budget.voting.services.codes import MOST, needs_district
from geo.models import Territory

MOST_SIGNATURES = 1_000_000


def districts(budget) -> "forms.models.QuerySet":
    """The territories of its envelopes."""
    return Territory.objects.filter(envelopes__budget=budget, envelopes__scope="territory").distinct().order_by("name")


class DistrictForm(forms.Form):
    """Where the holders of codes live; asked where that decides in which district they vote."""

    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label=_("District in which they live"),
        to_field_name="code",
        empty_label=_("not known: they say it on their honour"),
        required=False,
    )

    def __init__(self, *args, budget, **kwargs):
        super().__init__(*args, **kwargs)
        if needs_district(budget):
            self.fields["territory"].queryset = districts(budget)
        else:
            del self.fields["territory"]


class CodesForm(DistrictForm):
    label = forms.CharField(
        label=_("Name of the batch"), max_length=80, help_text=_("For example: letters of the north district.")
    )
    count = forms.IntegerField(label=_("Number of codes"), min_value=1, max_value=MOST)

    field_order = ("label", "count", "territory")


class BoothForm(forms.ModelForm):
    class Meta:
        model = Booth
        fields = ["name"]
        labels = {"name": _("Name of the booth")}


class SignaturesForm(forms.Form):
    signatures = forms.IntegerField(label=_("Signatures on the roll"), min_value=0, max_value=MOST_SIGNATURES)


class BundleForm(forms.Form):
    envelope = forms.ModelChoiceField(Envelope.objects.none(), label=_("Envelope"), to_field_name="slug")
    size = forms.IntegerField(label=_("Ballots in the bundle"), min_value=1, max_value=MOST_IN_BUNDLE)

    def __init__(self, *args, budget, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["envelope"].queryset = budget.envelopes.filter(paper__isnull=False).distinct()


class AcceptForm(forms.Form):
    explanation = forms.CharField(
        label=_("Why there are fewer ballots than signatures"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=_("For example: three people signed and left with their paper. Public."),
    )


class CallForm(forms.Form):
    witnesses = forms.CharField(
        label=_("Witnesses present"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=_("Their names, with their agreement: everybody reads them."),
    )
    remarks = forms.CharField(
        label=_("Remarks"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
        help_text=_("What was observed. Public."),
    )
