"""What people say of a file they bring."""

import math
from pathlib import Path

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geo import crs
from geo.importers.uploads import ENDINGS
from geo.imports import guess
from geo.models import AssetKind, Import, Level

# GDAL's names of what has an area begin so.
AREAS = ("Polygon", "MultiPolygon", "Curve", "Surface")
NEW = "+"
# Years of a census that make sense.
FIRST_YEAR = 1800


class UploadForm(forms.Form):
    """A file of a format that is taken, not too large."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty: choose another."),
        },
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, label_suffix="", **options)
        self.fields["file"].help_text = _(
            "GeoPackage, GeoJSON, FlatGeobuf, GeoParquet, KML, GML, GPX, CSV with lon and lat, or a zip with a "
            "Shapefile. At most %(size)d MB."
        ) % {"size": settings.IMPORT_MAX_BYTES // 1_000_000}

    def clean_file(self):
        file = self.cleaned_data["file"]
        ending = Path(file.name).suffix.lower()
        if ending in (".shp", ".dbf", ".shx", ".prj"):
            raise forms.ValidationError(
                _("A Shapefile is several files: put .shp, .dbf, .shx and .prj together in a zip and send that.")
            )
        if ending not in ENDINGS:
            raise forms.ValidationError(
                _("Files “%(ending)s” are not taken. Save it as a GeoPackage in QGIS, or send one of: %(endings)s.")
                % {"ending": ending[:12] or "?", "endings": ", ".join(ENDINGS)}
            )
        if file.size > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("This file has %(size)d MB; at most %(most)d are taken. Cut it in parts, or simplify the outlines.")
                % {"size": math.ceil(file.size / 1e6), "most": settings.IMPORT_MAX_BYTES // 1_000_000}
            )
        return file


def subject(one: Import, parameters) -> tuple[int, str]:
    """Which layer of the file and what kind of import: as asked for, as chosen before, or as it looks."""
    text = parameters.get("layer", "")
    layer = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else one.choices.get("layer", 0)
    layer = layer if layer < len(one.layers) else 0
    kind = parameters.get("kind", "")
    if kind not in Import.Kind.values:
        area = one.layers[layer]["geometry"].startswith(AREAS)
        kind = one.kind or (Import.Kind.TERRITORIES if area else Import.Kind.EQUIPMENT)
    return layer, kind


class ChoicesForm(forms.Form):
    """Columns and system of one layer; each kind of import adds its own. `choices()` is what Import.choices keeps."""

    use_required_attribute = False
    required = {"required": gettext_lazy("Choose the column.")}
    code = forms.ChoiceField(label=gettext_lazy("Column of the code"), error_messages=required)
    name = forms.ChoiceField(label=gettext_lazy("Column of the name"), error_messages=required)
    crs = forms.ChoiceField(label=gettext_lazy("Coordinate system"), required=False)

    def __init__(self, *args, one: Import, layer: int, **options):
        self.layer = layer
        self.about = one.layers[layer]
        before = one.choices if one.choices.get("layer") == layer else {}
        initial = {**self.guessed(), **before}
        super().__init__(*args, initial=initial, label_suffix="", **options)
        for column in ("code", "name", "parent", "population"):
            if column in self.fields:
                none = _("Choose a column") if self.fields[column].required else _("None")
                self.fields[column].choices = [("", none), *self.columns()]
        said = self.about["crs"]
        own = (
            _("That of the file (%(crs)s)") % {"crs": said[:40]} if said else _("The file says none: degrees, WGS 84")
        )
        systems = {one.srid: one.title for one in crs.EXPORTED}
        self.fields["crs"].choices = [("", own)] + [
            (f"EPSG:{srid}", f"EPSG:{srid} – {t}") for srid, t in systems.items()
        ]

    def guessed(self) -> dict:
        fields = self.about["fields"]
        return guess.columns([one["name"] for one in fields], {one["name"]: one["samples"] for one in fields})

    def columns(self) -> list[tuple[str, str]]:
        """Each column with its first value, by which people know it."""
        found = []
        for one in self.about["fields"]:
            sample = next((text for text in one["samples"] if text), "")
            shown = _("%(column)s (for example %(sample)s)") % {"column": one["name"], "sample": sample[:40]}
            found.append((one["name"], shown if sample else one["name"]))
        return found

    def choices(self) -> dict:
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return given | {"layer": self.layer}


class TerritoriesForm(ChoicesForm):
    """Outlines of one level."""

    level = forms.ChoiceField(
        label=gettext_lazy("Level"), error_messages={"required": gettext_lazy("Choose the level.")}
    )
    parent_level = forms.ChoiceField(
        label=gettext_lazy("Level of the territories around them"),
        help_text=gettext_lazy("Each gets as its parent the one that covers most of it."),
        required=False,
    )
    parent = forms.ChoiceField(
        label=gettext_lazy("Column of the parent's code"),
        help_text=gettext_lazy("Instead of looking which one covers it."),
        required=False,
    )
    generation = forms.DateField(
        label=gettext_lazy("Valid from"),
        help_text=gettext_lazy("Where outlines change: from this day on. The earlier ones stay as history."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("This is not a date. Example: 31/12/2026.")},
    )
    population = forms.ChoiceField(label=gettext_lazy("Column of the population"), required=False)
    population_year = forms.IntegerField(
        label=gettext_lazy("Year of the population"),
        required=False,
        min_value=FIRST_YEAR,
        error_messages={"invalid": gettext_lazy("Give a year, for example 2023.")},
    )
    code_prefix = forms.RegexField(
        r"^[\w.-]{0,20}$",
        label=gettext_lazy("Text before each code"),
        help_text=gettext_lazy("Where another town may use the same codes: 31555- makes 31555-1 of 1."),
        required=False,
        error_messages={"invalid": gettext_lazy("At most 20 letters, digits, dots, dashes.")},
    )
    field_order = ["level", "code", "name", "parent_level", "parent", "generation"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.levels = {level.code: level for level in Level.objects.all()}
        named = [(level.code, level.name) for level in self.levels.values()]
        self.fields["level"].choices = [("", _("Choose a level")), *named]
        self.fields["parent_level"].choices = [("", _("None")), *named]

    def guessed(self) -> dict:
        # A column of the population says nothing of its year.
        found = {name: value for name, value in super().guessed().items() if name in ("code", "name")}
        home = Level.objects.filter(is_home=True).first()
        return found | ({"parent_level": home.code} if home else {})

    def clean(self):
        cleaned = super().clean()
        level, parent = (self.levels.get(cleaned.get(name)) for name in ("level", "parent_level"))
        if level and parent and parent.rank >= level.rank:
            said = _("The level “%(parent)s” is not above “%(level)s”: choose another, or none.")
            self.add_error("parent_level", said % {"parent": parent.name, "level": level.name})
        if cleaned.get("parent") and not parent and "parent_level" not in self.errors:
            self.add_error("parent_level", _("Choose the level whose codes that column holds."))
        if cleaned.get("population") and not cleaned.get("population_year") and "population_year" not in self.errors:
            self.add_error("population_year", _("Say of which year the population is."))
        year = cleaned.get("population_year")
        if year and year > timezone.localdate().year:
            self.add_error("population_year", _("This year has not come yet."))
        return cleaned

    def choices(self) -> dict:
        found = super().choices()
        if day := found.get("generation"):
            found["generation"] = day.isoformat()
        if not found.get("population"):
            found.pop("population_year", None)
        return found


class AssetsForm(ChoicesForm):
    """Equipment of one kind."""

    is_place = False
    asset_kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), error_messages={"required": gettext_lazy("Choose the kind.")}
    )
    new_kind = forms.CharField(
        label=gettext_lazy("Name of the new kind"),
        help_text=gettext_lazy("Only for a new kind: School, Drinking fountain…"),
        max_length=60,
        required=False,
    )
    field_order = ["asset_kind", "new_kind", "code", "name"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["name"].required = False
        self.fields["name"].choices = [("", _("None")), *self.columns()]
        self.kinds = {one.code: one for one in AssetKind.objects.filter(is_place=self.is_place)}
        known = [(one.code, one.name_plural) for one in self.kinds.values()]
        self.fields["asset_kind"].choices = [("", _("Choose a kind")), *known, (NEW, _("A new kind…"))]
        if self.initial.get("asset_kind") and self.initial["asset_kind"] not in self.kinds:
            self.initial |= {"asset_kind": NEW, "new_kind": self.initial.get("asset_kind_name", "")}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("asset_kind") == NEW and "new_kind" not in self.errors:
            code = slugify(cleaned.get("new_kind", ""))
            if not code:
                self.add_error("new_kind", _("Give the new kind a name."))
            elif AssetKind.objects.filter(code=code).exists():
                self.add_error("new_kind", _("This kind exists already: choose it in the list, or give another name."))
        return cleaned

    def choices(self) -> dict:
        found = super().choices()
        new = found.pop("new_kind", "")
        if found["asset_kind"] == NEW:
            return found | {"asset_kind": slugify(new), "asset_kind_name": new}
        return found | {"asset_kind_name": self.kinds[found["asset_kind"]].name}


class PlacesForm(AssetsForm):
    """Places of interest of one kind."""

    is_place = True


FORMS = {
    Import.Kind.TERRITORIES: TerritoriesForm,
    Import.Kind.EQUIPMENT: AssetsForm,
    Import.Kind.PLACES: PlacesForm,
}
# What an importer asks for, by the name its command has for it → the field beside which it is said.
FIELD_OF = {
    "crs": "crs",
    "generation": "generation",
    "code-prefix": "code_prefix",
    "kind-name": "new_kind",
    "kind": "asset_kind",
    "level": "level",
}
