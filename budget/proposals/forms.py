"""What a resident types to propose equipment, and to put it right."""

import uuid

from django import forms
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from budget.participatory.models import Budget, Envelope, Theme
from budget.proposals.models import MAX_TEXT, MAX_TITLE, Price, Proposal
from budget.proposals.services.photos import MAX_PHOTOS
from budget.proposals.services.posting import MAX_QUANTITY, NotHere, on_it, refuse_outside
from common.forms import EuroField, Line, PhotosField, Text
from common.text import clean_text
from geo import addresses, drawn
from geo.forms import CornersField, PlaceField

# Before the code of each thing of the price list in the names of fields.
QUANTITY = "n-"
POINT, LINE, AREA, CITY = "point", "line", "area", "city"
MAX_ADDRESS = 200
# Metres within which an address is that of the place.
CLOSE_BY = 50
SHOWN = 5
# Degrees, less than a metre: what is lost where a place is written with six decimals.
SAME = 2e-6


def kind_of(shape: GEOSGeometry | None) -> str:
    """How a form calls that shape."""
    if shape is None:
        return CITY
    return {"Point": POINT, "LineString": LINE}.get(shape.geom_type, AREA)


class Quantity(forms.IntegerField):
    """How many of a thing of the price list."""

    def __init__(self, price: Price):
        super().__init__(
            label=price.name,
            required=False,
            min_value=0,
            max_value=MAX_QUANTITY,
            widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "data-cost": price.cost}),
            error_messages={
                "invalid": _("Give a whole number."),
                "min_value": _("Give a whole number."),
                "max_value": _("This is more than one can build."),
            },
        )
        self.price = price


class WordsForm(forms.Form):
    """Title and text of a proposal."""

    use_required_attribute = False

    title = Line(
        label=_("Your idea in a few words"),
        help_text=_("As it would stand on the ballot paper: “Benches in the shade at the market square”."),
        limit=MAX_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give your idea a title.")},
    )
    text = Text(
        label=_("Describe it"),
        help_text=_("What for, for whom, what does it change? An empty line begins a paragraph, a dash an item."),
        limit=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Describe your idea in a few sentences.")},
    )

    def __init__(self, *args, **options):
        super().__init__(*args, label_suffix="", **options)


class ProposalForm(WordsForm):
    """A resident's proposal for `budget`, or changes of their `proposal`.

    `photos_kept` are those already on our side, from an earlier sending.
    """

    kind = forms.ChoiceField(
        label=_("What shape has it?"),
        choices=[
            (POINT, _("A place: a bench, a tree, a playground")),
            (LINE, _("A line: a cycle lane, a row of trees")),
            (AREA, _("An area: a square, a garden")),
        ],
        initial=POINT,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of these."), "required": _("Choose one of these.")},
    )
    place = PlaceField(label=_("Which place?"), required=False)
    corners = CornersField(label=_("Draw it"), required=False)
    theme = forms.ModelChoiceField(
        Theme.objects.none(),
        label=_("Theme"),
        to_field_name="code",
        empty_label=pgettext_lazy("a theme", "Choose…"),
        error_messages={
            "required": _("Choose a theme."),
            "invalid_choice": _("This theme is not offered any more. Choose another one."),
        },
    )
    estimate = EuroField(label=_("Or your own estimate, in euros"), required=False)
    envelope = forms.CharField(required=False, max_length=80)
    photos = PhotosField(label=_("Photos or drawings"), required=False)
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ["kind", "place", "corners", "title", "text", "theme"]

    def __init__(self, *args, budget: Budget, user, photos_kept=(), proposal: Proposal | None = None, **options):
        super().__init__(*args, **options)
        self.budget, self.user, self.photos_kept, self.proposal = budget, user, photos_kept, proposal
        # What was chosen once can stay, though it is not offered any more.
        chosen = [line["code"] for line in proposal.estimate_lines] if proposal else []
        self.fields["theme"].queryset = Theme.objects.filter(Q(is_active=True) | Q(proposals=proposal)).distinct()
        self.fields["photos"].help_text = gettext(
            "Up to %(count)d. Avoid faces and number plates; where a photo was taken is not published with it."
        ) % {"count": MAX_PHOTOS}
        if any(one.scope == "city" for one in budget.envelopes.all()):
            self.fields["kind"].choices = [
                *self.fields["kind"].choices,
                (CITY, _("The whole city: it has no place of its own")),
            ]
        for price in (Price.objects.offered() | Price.objects.filter(code__in=chosen)).select_related("theme"):
            self.fields[f"{QUANTITY}{price.code}"] = Quantity(price)

    @classmethod
    def empty(cls, budget, user, initial=None) -> "ProposalForm":
        """A new form: its `submission` makes sending it twice give one proposal."""
        return cls(budget=budget, user=user, initial={"submission": uuid.uuid4()} | (initial or {}))

    @classmethod
    def of(cls, proposal: Proposal, user, data=None, photos_kept=()) -> "ProposalForm":
        """A form with what the proposal says, or with the `data` that came back of it."""
        initial = {
            "title": proposal.title,
            "text": proposal.text,
            "theme": proposal.theme and proposal.theme.code,
            "envelope": proposal.envelope.slug,
            "kind": kind_of(proposal.shape),
            "estimate": None if proposal.estimate_lines else proposal.estimate,
        }
        initial |= {f"{QUANTITY}{line['code']}": line["quantity"] for line in proposal.estimate_lines}
        if initial["kind"] == POINT:
            initial["place"] = proposal.shape
        elif initial["kind"] != CITY:
            initial["corners"] = drawn.corners_of(proposal.shape)
        given = {"budget": proposal.budget, "user": user, "proposal": proposal, "photos_kept": photos_kept}
        return cls(data, initial=initial, **given)

    def prices(self) -> list[tuple[Theme, list[forms.BoundField], bool]]:
        """(theme, its things, whether it is to be open) of the price list."""
        groups: dict[Theme, list[forms.BoundField]] = {}
        for name in self.fields:
            if name.startswith(QUANTITY):
                groups.setdefault(self.fields[name].price.theme, []).append(self[name])
        chosen = self["theme"].value()
        return [
            (theme, fields, theme.code == chosen or any(field.value() or field.errors for field in fields))
            for theme, fields in groups.items()
        ]

    def clean_submission(self):
        return self.cleaned_data["submission"] or uuid.uuid4()

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind")
        drawing = kind in (LINE, AREA)
        for name, wanted in (("place", kind == POINT), ("corners", drawing)):
            if not wanted:
                self.errors.pop(name, None)
                cleaned[name] = None
        shape = cleaned.get("place")
        if kind == POINT and shape is None and "place" not in self.errors:
            self.add_error("place", PlaceField.default_error_messages["required"])
        if self._stays(kind, cleaned):
            shape = self.proposal.shape
        elif drawing and "corners" not in self.errors:
            try:
                found = drawn.line(cleaned["corners"]) if kind == LINE else drawn.area(cleaned["corners"])
                shape = found.shape
                cleaned["size"] = round(found.size)
                refuse_outside(self.budget, shape)
            except (drawn.DrawnError, NotHere) as error:
                self.add_error("corners", str(error))
        cleaned["shape"] = shape
        cleaned["address"] = self._address()
        return cleaned

    def _stays(self, kind: str, cleaned: dict) -> bool:
        """Whether the place is the one that the proposal has: written out, it is rounded, and of one piece."""
        if self.proposal is None or kind != kind_of(self.proposal.shape):
            return False
        if kind == CITY:
            return True
        known, given = self.proposal.shape, cleaned.get("place") if kind == POINT else cleaned.get("corners")
        if not given:
            return False
        old = [known.coords] if kind == POINT else drawn.corners_of(known)
        new = [one.coords for one in ([given] if kind == POINT else given)]
        return len(old) == len(new) and all(
            abs(mine - yours) < SAME for a, b in zip(old, new, strict=True) for mine, yours in zip(a, b, strict=True)
        )

    def _address(self) -> str:
        """The address that was searched, or the one close to the place."""
        point, named = self.point, ""
        if self.cleaned_data.get("kind") == POINT:
            named = " ".join(clean_text(self.data.get("place_search", "")).split())
        if not named and self.proposal and self.shape is self.proposal.shape:
            return self.proposal.address
        if point and not named and (found := addresses.reverse(point, metres=CLOSE_BY)):
            named = found.label
        return named[:MAX_ADDRESS]

    @property
    def shape(self) -> GEOSGeometry | None:
        """Where it is, of a form that was checked; None where that is not known or it has no place."""
        return self.cleaned_data.get("shape")

    @cached_property
    def point(self):
        return on_it(self.shape) if self.shape else None

    @property
    def measured(self) -> dict | None:
        """The size of what was drawn: {"size": whole number, "unit": one of Price.Unit}."""
        if not (size := self.cleaned_data.get("size")):
            return None
        line = self.cleaned_data["kind"] == LINE
        return {"size": size, "unit": Price.Unit.METRE if line else Price.Unit.SQUARE_METRE}

    @cached_property
    def envelopes(self) -> list[Envelope]:
        """Those it may belong to, the closest first, as far as place and theme are known."""
        found = self.budget.envelopes.select_related("territory__level", "theme")
        if self.cleaned_data.get("kind") == CITY:
            return list(found.filter(scope="city"))
        return list(found.at(self.point, theme=self.cleaned_data.get("theme"))) if self.point else []

    @property
    def chosen_envelope(self) -> Envelope | None:
        """The one that was chosen, else the closest; None where there is none."""
        wanted = self.cleaned_data.get("envelope", "")
        return next(
            (one for one in self.envelopes if one.slug == wanted), self.envelopes[0] if self.envelopes else None
        )

    @cached_property
    def similar(self) -> list[Proposal]:
        """Public ones of this budget whose title is alike or that lie close by."""
        title = self.cleaned_data.get("title") or ""
        if not title and self.shape is None:
            return []
        rows = Proposal.objects.public().filter(budget=self.budget).similar(title=title, shape=self.shape)
        return list(rows.select_related("envelope", "theme").with_photo()[:SHOWN])

    def quantities(self) -> dict[str, int]:
        """Of a valid form, by code of the price list."""
        return {
            name.removeprefix(QUANTITY): count
            for name, count in self.cleaned_data.items()
            if name.startswith(QUANTITY) and count
        }

    @property
    def total(self) -> int:
        """The sum of what was chosen of the price list so far, in cents."""
        chosen = (
            (self.fields[name].price, self.cleaned_data.get(name)) for name in self.fields if name.startswith(QUANTITY)
        )
        return sum(price.cost * (count or 0) for price, count in chosen) if self.is_bound else 0
