"""How long reports are kept, as the page on privacy tells it: from the categories themselves."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from alerts.models import Category

YEAR = 365  # days


@dataclass(frozen=True)
class Keeping:
    """Names of categories, and after how long from the closing words and persons go, then the report; empty: never."""

    categories: list[str]
    anonymised: str
    erased: str


def told() -> list[Keeping]:
    """Each delay once, with the categories that have it; the most usual first."""
    found: dict[tuple, list[str]] = {}
    rows = Category.objects.offered().filter(is_stopper=False).order_by("name")
    for name, *days in rows.values_list("name", "anonymise_days", "erase_days"):
        found.setdefault(tuple(days), []).append(name)
    groups = sorted(found.items(), key=lambda group: -len(group[1]))
    return [Keeping(names, _words(anonymised), _words(erased)) for (anonymised, erased), names in groups]


def _words(days: int | None) -> str:
    if days is None:
        return ""
    if days and days % YEAR == 0:
        return ngettext("%(count)d year", "%(count)d years", days // YEAR) % {"count": days // YEAR}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
