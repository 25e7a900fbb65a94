"""What geo itself puts among the layers: territories, equipment and places of interest."""

from django.db.models import DateField, Func
from django.utils.translation import gettext_lazy as _

from geo.layers import Choice, Field, Filter, Layer, register
from geo.models import Asset, AssetKind, Boundary, Level, Territory


def _levels():
    return [Choice(one.code, one.name) for one in Level.objects.all()]


def _kinds(is_place: bool):
    return [Choice(one.code, one.name_plural, icon=one.icon) for one in AssetKind.objects.filter(is_place=is_place)]


def _equipment():
    return _kinds(is_place=False)


def _places():
    return _kinds(is_place=True)


SINCE = Func("validity", function="LOWER", output_field=DateField())
TERRITORIES = register(
    Layer(
        name="territories",
        title=_("Territories"),
        description=_("Outlines in force today: from the region to the district."),
        queryset=lambda viewer: Boundary.objects.valid(),
        tables=(Boundary, Territory),
        key="territory_id",
        geometry="geometry",
        moment="",
        style="territory__level__code",
        label="territory__name",
        legend=_levels,
        url=lambda key: "",
        fields=(
            Field("level", _("Level"), source="territory__level__code"),
            Field("level_name", _("Name of the level"), source="territory__level__name"),
            Field("code", _("Code"), source="territory__code"),
            Field("name", _("Name"), source="territory__name"),
            Field("parent", _("Code of the territory around it"), source="territory__parent__code"),
            Field("population", _("Population"), "integer", source="territory__population"),
            Field("population_year", _("Year of the population"), "integer", source="territory__population_year"),
            Field(
                "valid_from",
                _("In force from"),
                "date",
                source=Func("validity", function="LOWER", output_field=DateField()),
            ),
        ),
        filters=(
            Filter("level", _("Level"), _levels, lambda rows, codes: rows.filter(territory__level__code__in=codes)),
        ),
        explored=False,
    )
)


def _assets(name, title, description, legend, is_place) -> Layer:
    """The active objects of the kinds that are places of interest, or of those that are not."""
    return Layer(
        name=name,
        title=title,
        description=description,
        queryset=lambda viewer: Asset.objects.active().filter(kind__is_place=is_place),
        tables=(Asset, AssetKind),
        moment="",
        style="kind__code",
        label="kind__name",
        legend=legend,
        url=lambda key: "",
        fields=(
            Field("kind", _("Kind"), source="kind__code"),
            Field("kind_name", _("Name of the kind"), source="kind__name"),
            Field("code", _("Code")),
            Field("name", _("Name")),
        ),
        filters=(Filter("kind", _("Kind"), legend, lambda rows, codes: rows.filter(kind__code__in=codes)),),
        explored=False,
    )


EQUIPMENT = register(
    _assets(
        "equipment",
        _("Equipment"),
        _("What the city looks after and residents can point at: street lights, benches."),
        _equipment,
        is_place=False,
    )
)
PLACES = register(
    _assets(
        "places",
        _("Places of interest"),
        _("Where people go: town halls, schools, libraries."),
        _places,
        is_place=True,
    )
)
