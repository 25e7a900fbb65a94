"""What a client of tiles reads first: TileJSON, and a style for MapLibre and QGIS made from the layer's legend."""

from geo.layers import Layer
from geo.tiles.grid import MAX_ZOOM

FALLBACK = "#5a5f6a"


def tilejson(root: str, layer: Layer, bounds: list[float]) -> dict:
    """TileJSON 3.0.0; `root` is the address below which tiles are, ending with a slash."""
    fields = {one.name: str(one.title) for one in layer.fields}
    return {
        "tilejson": "3.0.0",
        "name": str(layer.title),
        "description": str(layer.description),
        "scheme": "xyz",
        "tiles": [f"{root}{layer.name}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "bounds": bounds,
        "vector_layers": [{"id": layer.name, "description": str(layer.description), "fields": fields}],
    }


def style(root: str, name: str, layers: list[tuple[Layer, bool]]) -> dict:
    """A MapLibre style (version 8) of these layers, each with whether it is made of points."""
    return {
        "version": 8,
        "name": name,
        "sources": {layer.name: {"type": "vector", "url": f"{root}{layer.name}.json"} for layer, _points in layers},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": "#f5f1e8"}},
            *(drawn for layer, points in layers for drawn in (_points(layer) if points else _outlines(layer))),
        ],
    }


def _colours(layer: Layer):
    """A colour for each value of the legend; one for all where it has none."""
    pairs = [part for one in layer.legend() if one.color for part in (one.value, one.color)]
    return ["match", ["get", "style"], *pairs, FALLBACK] if pairs else FALLBACK


def _points(layer: Layer) -> list[dict]:
    many = ["has", "count"]
    radius = ["interpolate", ["linear"], ["coalesce", ["get", "count"], 1], 1, 6, 100, 12, 10_000, 22]
    paint = {"circle-color": _colours(layer), "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5}
    return [
        {
            "id": layer.name,
            "type": "circle",
            "source": layer.name,
            "source-layer": layer.name,
            "filter": ["!", many],
            "paint": paint | {"circle-radius": 6},
        },
        {
            "id": f"{layer.name}-counts",
            "type": "circle",
            "source": layer.name,
            "source-layer": layer.name,
            "filter": many,
            "paint": paint | {"circle-radius": radius},
        },
    ]


def _outlines(layer: Layer) -> list[dict]:
    return [
        {
            "id": layer.name,
            "type": "line",
            "source": layer.name,
            "source-layer": layer.name,
            "paint": {"line-color": _colours(layer), "line-width": 1.2},
        }
    ]
