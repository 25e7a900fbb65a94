"""Searching and reverse geocoding among 550,000 addresses, against the bare indexed lookups in the same tables.

A département is made up: communes of very different size, streets named as French ones are, the same names in many
communes. They are taken away again at the end.
"""

import random
import statistics
import tempfile
import time
from pathlib import Path

from django.contrib.gis.geos import Point
from django.db import connection

from benchmarks.report import Report, in_turn, ms, p95
from geo import addresses
from geo.addresses.words import keys
from geo.demo.names import PEOPLE, THINGS
from geo.importers.addresses import import_addresses, settle
from geo.models import Address, City


def _words(text: str) -> list[str]:
    return text.split()


HEADER = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;"
    "source_nom_voie;certification_commune;cad_parcelles"
)
KINDS = ["Rue", "Avenue", "Boulevard", "Place", "Impasse", "Chemin", "Route", "Allée", "Square", "Passage"]
SHORT = {"Avenue": "av", "Boulevard": "bd", "Place": "pl", "Impasse": "imp", "Chemin": "ch", "Route": "rte"}
PLACES = ["Moulin", "Bois", "Pré", "Clos", "Puy", "Mas", "Val", "Pech", "Champ", "Port", "Fon", "Cap", "Bourg", "Pont"]
ENDS = [
    "ville",
    "neuf",
    "longue",
    "lac",
    "gnac",
    "sac",
    "court",
    "mont",
    "oles",
    "ette",
    "ade",
    "agne",
    "eroux",
    "ères",
]
FIRST = _words(
    "Jean Pierre Marie Louise Jacques Michel Anne Claude André Jeanne Paul Henri Suzanne Louis Marguerite François "
    "Georges Simone Charles Lucie Émile Berthe Victor Irène Auguste Hélène Édouard Germaine Gabriel Cécile"
)
LAST = _words(
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia "
    "Bertrand Roux Vincent Fournier Morel Girard Lefèvre Mercier Dupont Lambert Bonnet Fontaine Rousseau Faure "
    "Blanchard Guérin Muller Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fabre Chevalier "
    "Masson Noël Legrand Garnier Boyer Lacroix Marchand Dupuy Baron Barbier Picard Renard Colin Vidal Caron Aubert "
    "Giraud Rivière Brunet Bourgeois Carpentier Moulin Deschamps Vasseur Fleury Marty Cazeneuve Abadie Castex Dedieu "
    "Lafforgue Barthès Escande Pujol Rivals Soulé Tournier Viguier"
)
COMMON = 0.4  # share of the streets that are named as in any other commune
PREFIX = "B9"
COMMUNES = 500
ADDRESSES = 550_000
QUERIES = 300
ROUNDS = 30
BATCH = 10
WEST, SOUTH, SIZE = 0.5, 42.9, 1.3  # degrees

BARE_SEARCH = "SELECT id, name FROM geo_street WHERE %s <%% core ORDER BY word_similarity(%s, core) DESC LIMIT 8"
BARE_NEAREST = """
SELECT id FROM geo_address
ORDER BY (point::geography(POINT, 4326)) <-> ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography LIMIT 1
"""


def run(report: Report) -> None:
    """Seconds of an import, medians of search and reverse over the bare lookups, and how often typing errors pass."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adresses-99.csv"
        streets = make_up(path, random.Random(1))
        try:
            imported(report, str(path))
            rng = random.Random(2)
            speed(report, streets, rng)
            recall(report, streets, rng)
        finally:
            City.objects.filter(code__startswith=PREFIX).delete()


def make_up(path: Path, rng: random.Random) -> list[tuple[str, str, int]]:
    """Write the file; gives (street, commune, a number) of each street."""
    things = [name for text in (PEOPLE, THINGS) for line in text.split("\n") for name in line.split("|") if name]
    things += [f"{a} {b}" for a in ("du Grand", "du Petit", "de la Croix du", "du Vieux") for b in PLACES]
    things += [f"de {a}{b}" for a in PLACES for b in ENDS]
    cities = list(dict.fromkeys(f"{a}{b}{c}" for c in ("", "-sur-Lys", "-le-Haut") for a in PLACES for b in ENDS))
    sizes = [1 / (rank + 3) for rank in range(COMMUNES)]
    streets, number = [], 0
    with path.open("w") as file:
        print(HEADER, file=file)
        for rank, share in enumerate(sizes):
            count = int(ADDRESSES * share / sum(sizes))
            code, postcode, city = f"{PREFIX}{rank:03}", f"99{rank // 5 * 10:03}", cities[rank]
            lon, lat = WEST + SIZE * rng.random(), SOUTH + SIZE * rng.random()
            named = set()
            while count > 0:
                name = rng.choice(things) if rng.random() < COMMON else _rare(rng)
                name = f"{rng.choices(KINDS, [30, *[4] * 9])[0]} {name}"
                if name in named:
                    continue
                named.add(name)
                houses = min(count, 1 + int(rng.expovariate(1 / 12)))
                count -= houses
                x, y = lon + rng.gauss(0, 0.03), lat + rng.gauss(0, 0.02)
                streets.append((name, city, houses))
                for house in range(1, houses + 1):
                    number += 1
                    at = f"{x + house * 0.0002:.6f};{y + house % 2 * 0.0002:.6f}"
                    print(f"{code}_{len(streets):06}_{house:05};;{house};;{name};{postcode};{code};{city};;;0;0;{at}"
                          ";entrée;;;;;commune;commune;1;", file=file)  # fmt: skip
    return streets


def _rare(rng: random.Random) -> str:
    """Somebody, or a field: some ten thousand different names."""
    if rng.random() < 0.4:
        return f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    return f"{rng.choice(('du', 'de la', 'des'))} {rng.choice(PLACES)} {rng.choice(('de', 'des'))} {rng.choice(LAST)}"


def imported(report: Report, path: str) -> None:
    print("Importing…", flush=True)
    seconds = []
    for _time in range(2):
        started = time.perf_counter()
        done = import_addresses(source=path)
        seconds.append(time.perf_counter() - started)
    settle()
    if (done.created, done.changed, done.removed) != (0, 0, 0):
        raise AssertionError(f"the second import changed something: {done}")
    report.at_most(
        f"Import of {done.read:,} addresses: seconds / 60", seconds[0] / 60, 1,
        f"{seconds[0]:.0f} s, the same file again {seconds[1]:.0f} s",
    )  # fmt: skip


def speed(report: Report, streets: list, rng: random.Random) -> None:
    asked = [rng.choice(streets) for _ in range((ROUNDS + 1) * BATCH)]
    written = [f"{houses} {name} {city}" for name, city, houses in asked]
    typed = [mutated(*street, rng) for street in asked]
    cores = [keys(name)[1] for name, _city, _houses in asked]
    places = list(Address.objects.order_by("?").values_list("point", flat=True)[: len(asked)])
    places = [(one.x + rng.gauss(0, 0.0005), one.y + rng.gauss(0, 0.0005)) for one in places]
    single: list[float] = []

    def batch(act):
        def run_batch(number):
            for at in range((number + 1) * BATCH, (number + 2) * BATCH):
                started = time.perf_counter()
                act(at)
                if act is ours:
                    single.append(time.perf_counter() - started)

        return run_batch

    with connection.cursor() as cursor:

        def clean(at):
            addresses.search(written[at])

        def ours(at):
            addresses.search(typed[at])

        def bare(at):
            cursor.execute(BARE_SEARCH, [cores[at], cores[at]])
            cursor.fetchall()

        def nearest(at):
            addresses.reverse(Point(*places[at], srid=4326), metres=1000)

        def bare_nearest(at):
            cursor.execute(BARE_NEAREST, places[at])
            cursor.fetchall()

        turns = in_turn(ROUNDS, *map(batch, (clean, ours, bare, nearest, bare_nearest)))
    right, search, plain, reverse, plain_reverse = (statistics.median(seconds) / BATCH for seconds in turns)
    report.at_most("Address search, well written / one bare trigram lookup", right / plain, 8,
                   f"{ms(right)} / {ms(plain)}")  # fmt: skip
    report.say("the same with typing errors", search / plain, f"{ms(search)} (p95 {ms(p95(single))}) / {ms(plain)}")
    report.at_most("Reverse geocoding / bare nearest neighbour", reverse / plain_reverse, 5,
                   f"{ms(reverse)} / {ms(plain_reverse)}")  # fmt: skip


def recall(report: Report, streets: list, rng: random.Random) -> None:
    """How often the right street of the right commune is among the first five."""
    right = 0
    for _ in range(QUERIES):
        name, city, houses = rng.choice(streets)
        found = addresses.search(mutated(name, city, houses, rng), limit=5)
        wanted = (keys(name)[0], city)
        right += any((_street(one), one.city.partition(" ")[2]) == wanted for one in found)
    report.at_least(
        f"Typo recall: right street in the first 5, of {QUERIES} mutated queries", right / QUERIES, 0.9,
        f"{right} of {QUERIES}",
    )  # fmt: skip


def _street(found) -> str:
    return keys(found.name.partition(" ")[2] if found.kind == "address" else found.name)[0]


def mutated(name: str, city: str, houses: int, rng: random.Random) -> str:
    """How a person in a hurry types it: an error or two, no accents, a short type or none, words that are missing."""
    kind, _space, rest = name.partition(" ")
    kind = rng.choice((kind, SHORT.get(kind, kind), kind.lower()))
    words = [word for word in rest.split() if rng.random() < 0.7 or len(word) > 3]
    text = " ".join([kind, *words])
    for _error in range(rng.choice((1, 1, 2))):
        text = _slip(text, rng)
    number = str(rng.randint(1, houses))
    order = rng.choice(([number, text, city], [number, text, city], [text, number, city], [text, city]))
    return rng.choice((str, str.lower, str.upper))(" ".join(order))


def _slip(text: str, rng: random.Random) -> str:
    """One letter lost, doubled, replaced, or two swapped, anywhere but at the very start."""
    at = rng.randrange(2, max(3, len(text) - 1))
    before, letter, following, after = text[:at], text[at], text[at + 1 : at + 2], text[at + 2 :]
    return before + rng.choice((following, letter * 2 + following, "e" + following, following + letter)) + after
