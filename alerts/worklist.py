"""The queue of an agent: which reports, in which order, on which page, and how many there are in each view."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.gis.db.models import Extent
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.forms import QueueFilters
from alerts.models import Alert, AlertPhoto, ShortlistItem
from alerts.searching import wanted
from alerts.workflow import WORKFLOW
from geo.models import Territory

PAGE = 25
# Counting goes no further: "1,000+" says as much to somebody with that many to do, and costs the same at any size.
COUNTED = 1000
WAITING, CLOSED = WORKFLOW.names(final=False), WORKFLOW.names(final=True)

# Keys of each order, the last one unique; "-" from high to low.
ORDERS = {
    "due": ("due_on", "id"),
    "priority": ("-priority", "due_on", "id"),
    "age": ("created_at", "id"),
    "newest": ("-created_at", "-id"),
    "supports": ("-supports", "id"),
    "changed": ("-updated_at", "-id"),
}
# What no report is older or newer than, with room for a time zone around it.
FIRST, LAST = dt.date(1900, 1, 1), dt.date(9000, 1, 1)
READERS = {"due_on": parse_date, "created_at": parse_datetime, "updated_at": parse_datetime}

VIEWS = {
    "": _("To do"),
    "late": _("Late"),
    "mine": _("Given to me"),
    "list": _("My list"),
    "closed": _("Closed"),
}


@dataclass(frozen=True)
class Page:
    """Up to PAGE alerts with `late`, `starred` and `where`; the keys of the next page, or None."""

    alerts: list[Alert]
    following: str | None


class Queue:
    """What one agent sees with these filters (a valid or invalid QueueFilters: what is not understood is left out)."""

    def __init__(self, user: User, filters: QueueFilters):
        self.user, self.filters = user, filters
        filters.is_valid()
        self.chosen = filters.cleaned_data
        state = self.chosen.get("etat") or ""
        self.view = self.chosen.get("view") or ("closed" if state in CLOSED else "")
        closed = self.view == "closed" or state in CLOSED
        self.order = self.chosen.get("sort") or ("changed" if closed else "due")
        if closed:
            orders = filters.fields["sort"]
            orders.choices = [("", _("Usual order: last changed first")), *orders.choices[1:]]

    def rows(self, view: str | None = None) -> QuerySet:
        """The alerts of a view, this one's where None."""
        view = self.view if view is None else view
        rows = _filtered(Alert.objects.handled_by(self.user), self.chosen)
        if self.chosen.get("text"):
            rows = rows.filter(self.searched)
        if view in ("", "late", "mine"):
            rows = rows.waiting()
        if view == "late":
            rows = rows.filter(due_on__lt=timezone.localdate())
        if view == "mine":
            rows = rows.filter(Q(assignee=self.user) | Q(team__in=self.teams))
        if view == "list":
            rows = rows.filter(pk__in=ShortlistItem.objects.filter(user=self.user).values("alert"))
        if view == "closed":
            rows = rows.filter(status__in=CLOSED)
        if state := self.chosen.get("etat"):
            rows = rows.filter(status=state)
        return rows

    @cached_property
    def teams(self) -> list[int]:
        """Read first: as a subquery it would keep the database from using its indexes of people and teams."""
        return list(self.user.teams.values_list("pk", flat=True))

    @cached_property
    def searched(self) -> Q:
        """What the words typed mean, the same in each view."""
        return wanted(self.chosen["text"], self.filters.categories)

    def count(self, view: str) -> int:
        """How many, at most COUNTED + 1."""
        return self.rows(view).order_by()[: COUNTED + 1].count()

    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of the list in degrees: of its first COUNTED alerts, None where it is empty."""
        first = self.rows().order_by(*ORDERS[self.order])[:COUNTED]
        return first.aggregate(box=Extent("point"))["box"]

    def page(self, after: str = "") -> Page:
        """One page from the keys `after`, which a page before gave; the first one where they are not understood."""
        rows = self.rows()
        if keys := self._read(after):
            rows = rows.filter(self._beyond(keys))
        alerts = self.shown(rows.order_by(*ORDERS[self.order])[: PAGE + 1])
        following = self._keys(alerts[PAGE - 1]) if len(alerts) > PAGE else None
        return Page(alerts[:PAGE], following)

    def shown(self, rows: QuerySet) -> list[Alert]:
        """These rows with all that a line of the queue says."""
        starred = ShortlistItem.objects.filter(user=self.user, alert=OuterRef("pk"))
        hidden = AlertPhoto.State.HIDDEN
        alerts = list(
            rows.with_late()
            .annotate(starred=Exists(starred))
            .select_related("category", "body", "assignee", "team")
            .prefetch_related("photos")
        )
        names = _names(alerts)
        for alert in alerts:
            alert.where = alert.address or next((names[pk] for pk in alert.territories if pk in names), "")
            alert.picture = next((photo for photo in alert.photos.all() if photo.state != hidden), None)
        return alerts

    def beside(self, alert: Alert) -> tuple[Alert | None, Alert | None]:
        """The alerts before and after this one in the list, whether or not it is still in it."""
        keys = [getattr(alert, key.lstrip("-")) for key in ORDERS[self.order]]
        others = self.rows().exclude(pk=alert.pk).only("reference")
        turned = [key[1:] if key.startswith("-") else f"-{key}" for key in ORDERS[self.order]]
        before = others.filter(self._beyond(keys, back=True)).order_by(*turned).first()
        after = others.filter(self._beyond(keys)).order_by(*ORDERS[self.order]).first()
        return before, after

    def query(self, **changes) -> str:
        """The list's query string, without what was not understood; `changes` replace, or leave out where None."""
        known = {
            name: self.filters.data[name]
            for name in self.filters.fields
            if name in self.filters.data and self.filters.data[name] and name not in self.filters.errors
        }
        known |= changes
        return urlencode({name: value for name, value in known.items() if value not in (None, "")})

    def narrowed(self) -> int:
        """How many filters are set beside view and order."""
        given = (value for name, value in self.chosen.items() if name not in ("view", "sort"))
        return sum(value not in (None, "") and value is not False for value in given)

    def _keys(self, alert: Alert) -> str:
        values = [getattr(alert, key.lstrip("-")) for key in ORDERS[self.order]]
        return "~".join(value.isoformat() if isinstance(value, dt.date) else str(value) for value in values)

    def _read(self, text: str) -> list | None:
        parts = text.split("~")
        if len(parts) != len(ORDERS[self.order]):
            return None
        try:
            values = [
                READERS.get(key.lstrip("-"), _whole)(part) for key, part in zip(ORDERS[self.order], parts, strict=True)
            ]
        except ValueError:
            return None
        sound = all(value is not None and getattr(value, "tzinfo", True) is not None for value in values)
        return values if sound else None

    def _beyond(self, values: list, *, back: bool = False) -> Q:
        """After these keys in the order, or before them. The bound on the first key alone lets an index be used."""
        beyond, same = Q(), {}
        for key, value in zip(ORDERS[self.order], values, strict=True):
            name = key.lstrip("-")
            compare = "lt" if key.startswith("-") != back else "gt"
            if not same:
                bound = Q(**{f"{name}__{compare}e": value})
            beyond |= Q(**same, **{f"{name}__{compare}": value})
            same[name] = value
        return bound & beyond


def parameters(text: str) -> QueryDict:
    """The query string of a list as another page carries it along."""
    return QueryDict(text[:2000].replace("\0", ""))


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) >= 2**63 or not text.isascii():
        raise ValueError(text)
    return number


def _names(alerts: list[Alert]) -> dict[int, str]:
    ids = {pk for alert in alerts for pk in alert.territories}
    return dict(Territory.objects.filter(pk__in=ids).values_list("pk", "name"))


def _filtered(rows: QuerySet, chosen: dict) -> QuerySet:
    if chosen.get("service"):
        rows = rows.filter(body=chosen["service"])
    if chosen.get("unrouted"):
        rows = rows.filter(body=None)
    if chosen.get("category"):
        rows = rows.filter(category__in=chosen["category"])
    if chosen.get("territory"):
        rows = rows.in_territory(chosen["territory"])
    if chosen.get("priority") not in (None, ""):
        rows = rows.filter(priority=chosen["priority"])
    if chosen.get("assignee"):
        rows = rows.filter(**chosen["assignee"])
    if chosen.get("source"):
        rows = rows.filter(source=chosen["source"])
    if chosen.get("since"):
        rows = rows.filter(created_at__gte=_midnight(chosen["since"]))
    if chosen.get("until"):
        rows = rows.filter(created_at__lt=_midnight(chosen["until"], later=1))
    if chosen.get("contested"):
        rows = rows.filter(contested__gt=0)
    return rows


def _midnight(day: dt.date, later: int = 0) -> dt.datetime:
    """The start of that day, or of the one so many days later; days beyond FIRST and LAST are those."""
    day = min(max(day, FIRST), LAST) + dt.timedelta(days=later)
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
