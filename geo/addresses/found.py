"""What a search or a reverse lookup gives."""

from dataclasses import dataclass

from geo.addresses.words import shown


@dataclass(frozen=True)
class Found:
    """A place with its name. `kind`: address, street, place or territory. `lon`, `lat` are EPSG:4326.

    `score` goes to 1 for a perfect match; `distance` is in metres from the point that was given, or None.
    """

    kind: str
    name: str
    city: str
    lon: float
    lat: float
    score: float = 1.0
    distance: float | None = None

    @property
    def label(self) -> str:
        """The whole on one line: "12 bis rue des Lilas, 31000 Toulouse"."""
        return f"{self.name}, {self.city}" if self.city else self.name


def named(number: int | None, suffix: str, street: str) -> str:
    """A street, with its house number where there is one, as it is written on an envelope."""
    if number is None:
        return street
    return " ".join(filter(None, (str(number), suffix, shown(street))))
