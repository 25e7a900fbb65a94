"""A budget of the test town that collects ideas and counts supports, and proposals in it."""

import datetime as dt
import html
from io import BytesIO
from uuid import uuid4

from django.contrib.gis.geos import LineString, Point, Polygon
from django.utils import timezone
from PIL import Image

from accounts.models import Role
from budget.participatory import services as budgets
from budget.participatory.models import Budget, Scope, Theme
from budget.participatory.phases import Window
from budget.proposals import services
from budget.proposals.models import Price, Proposal

BENCH = Point(2.02, 47.05, srid=4326)
LANE = LineString((2.02, 47.05), (2.03, 47.05), srid=4326)
GARDEN = Polygon(((2.02, 47.05), (2.03, 47.05), (2.03, 47.06), (2.02, 47.05)), srid=4326)
# The layers of proposals: a point of each, and those drawn as a line or an area whole.
PROPOSALS = ("proposals", "proposals_lines", "proposals_areas")


def window(kind, begins=-1, ends=30) -> Window:
    """A phase from `begins` to `ends`, in days from now."""
    now = timezone.now()
    return Window(kind, now + dt.timedelta(days=begins), now + dt.timedelta(days=ends))


def make_budget(town, windows=None, **fields) -> Budget:
    """Two districts and the whole city; themes, prices; published, collecting and supporting unless told."""
    budget = Budget.objects.create(
        slug="bp-2026", title="Budget participatif 2026", territory=town.commune, total=100_000_000, **fields
    )
    for place, amount in ((town.west, 12_000_000), (town.east, 20_000_000)):
        budgets.add_envelope(budget=budget, scope=Scope.TERRITORY, territory=place, amount=amount)
    budgets.add_envelope(budget=budget, scope=Scope.CITY, title="Toute la ville", amount=30_000_000)
    bikes = Theme.objects.create(code="velo", name="Vélo", icon="🚲")
    green = Theme.objects.create(code="nature", name="Nature", icon="🌳")
    price = {"year": 2026, "source": "Marchés de la ville"}
    Price.objects.create(code="banc", name="Banc", theme=green, cost=120_000, **price)
    Price.objects.create(code="piste", name="Piste cyclable", theme=bikes, unit="m", cost=35_000, **price)
    budgets.set_phases(budget=budget, windows=windows or [window("collecting"), window("supporting")])
    budgets.publish(budget=budget)
    return Budget.objects.whole().get(pk=budget.pk)


def propose(budget, author, title="Des bancs à l'ombre", **changes) -> Proposal:
    given = {
        "text": "Pour s'asseoir place du marché.",
        "shape": BENCH,
        "theme": Theme.objects.get(code="nature"),
        "submission": uuid4(),
    }
    return services.post(budget=budget, author=author, title=title, **given | changes)


def propose_shapes(budget, author) -> list[Proposal]:
    """A point, a line and an area."""
    shapes = {"Des bancs": BENCH, "Une voie verte": LANE, "Un jardin": GARDEN}
    return [propose(budget, author, title, shape=shape) for title, shape in shapes.items()]


def administrator(town):
    return town.person("dgs@ville.example", Role.ADMINISTRATOR, territory=town.commune)


def sent(**changes) -> dict:
    """What the form sends for a bench."""
    return {
        "kind": "point",
        "place_lon": "2.02",
        "place_lat": "47.05",
        "title": "Des bancs à l'ombre",
        "text": "Pour s'asseoir.",
        "theme": "nature",
        "submission": str(uuid4()),
    } | changes


def read(response) -> str:
    """A page as a person reads it."""
    return html.unescape(response.content.decode())


def picture():
    file = BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    file.seek(0)
    file.name = "banc.png"
    return file
