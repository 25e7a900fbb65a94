"""What a person says to follow an area, a territory or topics, and to change it."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from common.text import clean_text
from engagement.activity import follows, topics
from engagement.activity.models import Follow, Rhythm
from geo import drawn
from geo.forms import CornersField, PlaceField
from geo.models import Level, Territory

MAX_TERRITORIES = 500
NEAR, FAR, STEP, USUAL = 50, 2000, 50, 300  # metres


class AreaField(CornersField):
    """Corners that enclose what is followed."""

    def clean(self, value) -> follows.Area | None:
        corners = super().clean(value)
        try:
            return follows.polygon(corners)
        except follows.FollowError as error:
            raise forms.ValidationError(str(error)) from None

    def prepare_value(self, value):
        return super().prepare_value(value if isinstance(value, (str, type(None))) else drawn.corners_of(value))


class RhythmForm(forms.Form):
    """How often, and under which name: all there is to say of a thing or a topic."""

    title = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        help_text=_("As you will recognise it in our mails: “My street”, “Way to school”."),
    )
    rhythm = forms.ChoiceField(
        label=_("How often do we write to you?"),
        choices=[
            (Rhythm.INSTANT, _("at once, each time")),
            (Rhythm.DAILY, _("once a day, all in one mail")),
            (Rhythm.WEEKLY, _("once a week, all in one mail")),
        ],
        widget=forms.RadioSelect,
        initial=Rhythm.DAILY,
    )

    def __init__(self, *args, follow: Follow | None = None, **kwargs):
        if follow:
            kwargs["initial"] = self.initial_of(follow)
        super().__init__(*args, **kwargs)

    @staticmethod
    def initial_of(follow: Follow) -> dict:
        return {"title": follow.title, "rhythm": follow.rhythm, "topics": follow.topics}

    def clean_title(self):
        return clean_text(self.cleaned_data["title"]).replace("\n", " ")

    def changes(self) -> dict:
        """What follows.change is to write."""
        written = {"title": self.cleaned_data["title"] or None, "rhythm": self.cleaned_data["rhythm"]}
        if "topics" in self.fields:
            written["topics"] = self.cleaned_data["topics"]
        return written


class NarrowedForm(RhythmForm):
    """A place, of which perhaps only some topics matter."""

    topics = forms.MultipleChoiceField(
        label=_("Only some topics"),
        required=False,
        help_text=_("Tick nothing to hear of everything."),
        error_messages={"invalid_choice": _("One of the topics is no longer there. Choose again.")},
    )

    def __init__(self, *args, follow: Follow | None = None, **kwargs):
        super().__init__(*args, follow=follow, **kwargs)
        groups = topics.groups()
        self.fields["topics"].choices = groups
        if follow:
            # A topic that ended while somebody follows it must not keep them from saving.
            known = {topic for _group, pairs in groups for topic, _title in pairs}
            self.initial["topics"] = [topic for topic in follow.topics if topic in known]

    def topic_groups(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """(group, [(topic, title, ticked), …])"""
        ticked = set(self["topics"].value() or ())
        return [
            (group, [(topic, title, topic in ticked) for topic, title in pairs])
            for group, pairs in self.fields["topics"].choices
        ]


class AreaForm(NarrowedForm):
    """An area; `submission` makes two sendings of one form one follow."""

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


class CircleForm(AreaForm):
    """All within some metres of a place."""

    place = PlaceField(label=_("Which place?"))
    radius = forms.IntegerField(
        label=_("How far around, in metres?"),
        min_value=NEAR,
        max_value=FAR,
        initial=USUAL,
        help_text=_("From 50 to 2000 metres. 300 metres are a street, 1000 a neighbourhood."),
        widget=forms.NumberInput(attrs={"step": STEP, "inputmode": "numeric", "data-radius": True}),
        error_messages={
            "min_value": _("At least %(limit_value)d metres."),
            "max_value": _("At most %(limit_value)d metres. For more, follow a territory."),
        },
    )

    @staticmethod
    def initial_of(follow):
        return NarrowedForm.initial_of(follow) | {"place": follow.center, "radius": follow.radius}

    def area(self) -> follows.Area:
        return follows.circle(self.cleaned_data["place"], self.cleaned_data["radius"])

    def changes(self):
        moved = {"place", "radius"} & set(self.changed_data)
        return super().changes() | ({"area": self.area()} if moved else {})


class DrawnForm(AreaForm):
    """An area drawn on the map."""

    corners = AreaField(label=_("Which area?"))

    @staticmethod
    def initial_of(follow):
        return NarrowedForm.initial_of(follow) | {"corners": follow.area}

    def area(self) -> follows.Area:
        return self.cleaned_data["corners"]

    def changes(self):
        # Corners sent back as they were shown leave the area as it is, in all its parts.
        shown = AreaField().prepare_value(self.initial["corners"])
        sent = "\n".join(self.data.get("corners", "").split("\r\n")).strip()
        return super().changes() | ({} if sent == shown else {"area": self.area()})


def _territories():
    home = Level.objects.filter(is_home=True).values("rank")[:1]
    return Territory.objects.current().select_related("level").filter(level__rank__gte=home)


class TerritoryForm(NarrowedForm):
    """A territory, from the home level down."""

    territory = forms.ModelChoiceField(
        queryset=Territory.objects.none(),
        label=_("Which territory?"),
        empty_label=_("Choose…"),
        error_messages={"invalid_choice": _("This territory is not there. Choose one of the list.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["territory"]
        field.queryset = _territories()
        levels: dict[str, list] = {}
        for one in field.queryset.order_by("level__rank", "name")[:MAX_TERRITORIES]:
            levels.setdefault(one.level.name_plural, []).append((one.pk, one.name))
        field.choices = [("", field.empty_label), *levels.items()]


class TopicsForm(NarrowedForm):
    """Topics, wherever it is."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["title"]
        field = self.fields["topics"]
        field.label, field.help_text, field.required = _("Which topics?"), "", True
        field.error_messages["required"] = _("Tick at least one topic.")


SHAPES: dict[str, type[RhythmForm]] = {
    "lieu": CircleForm,
    "zone": DrawnForm,
    "territoire": TerritoryForm,
    "sujet": TopicsForm,
}


def form_of(follow: Follow) -> type[RhythmForm]:
    """The form by which that follow is changed."""
    if follow.object_type == "area":
        return CircleForm if follow.center else DrawnForm
    return NarrowedForm if follow.object_type == "territory" else RhythmForm
