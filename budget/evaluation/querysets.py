"""Reads of studies asked for, chainable."""

import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils import timezone

from accounts.models import Role
from accounts.rules import mandates

# A budget's territory and so many that contain it: quartier, town, agglomeration, département, région.
GENERATIONS = 5


def lies_in(territories: list[int], proposal: str = "") -> Q:
    """Proposals (at that path, "proposal__") whose place or budget lies in one of these territories."""
    found, path = Q(**{f"{proposal}territories__overlap": territories}), f"{proposal}budget__territory"
    for _generation in range(GENERATIONS):
        found |= Q(**{f"{path}__in": territories})
        path += "__parent"
    return found


def _held(user, role: Role) -> list[int]:
    return [mandate.territory_id for mandate in mandates(user, role)]


def signed_by(user) -> Q:
    """Proposals that this person may sign: an official's and an administrator's places."""
    if user.is_superuser:
        return Q()
    return lies_in(_held(user, Role.OFFICIAL) + _held(user, Role.ADMINISTRATOR))


def mapped_by(user) -> Q:
    """Proposals that a GIS officer may put on maps of the work: all of their places."""
    return lies_in(_held(user, Role.GIS_OFFICER))


def run_by(user) -> Q:
    """Proposals that this person gives to services: an administrator's places."""
    return Q() if user.is_superuser else lies_in(_held(user, Role.ADMINISTRATOR))


class AssignmentQuerySet(models.QuerySet):
    def handled_by(self, user):
        """Those of the services this person is an agent of, where the mandate covers the place; an administrator's
        are all there.
        """
        if user.is_superuser:
            return self
        mine = Q(pk=None)
        for mandate in mandates(user, Role.AGENT):
            mine |= Q(body=mandate.body_id) & lies_in([mandate.territory_id], "proposal__")
        if places := _held(user, Role.ADMINISTRATOR):
            mine |= lies_in(places, "proposal__")
        return self.filter(mine)

    def waiting(self):
        """Those that the service has still to hand in."""
        return self.filter(submitted_at=None, proposal__status="study", proposal__hidden_at=None)

    def late(self, on: dt.date | None = None):
        """Those that waited for longer than was said, on that day (today)."""
        return self.waiting().filter(deadline__lt=on or timezone.localdate())

    def with_study(self):
        """With `latest`, a list of the last version of the study, or of none."""
        from budget.evaluation.models import Study

        last = Study.objects.filter(version=F("assignment__version")).select_related("author")
        return self.prefetch_related(Prefetch("studies", queryset=last, to_attr="latest"))


def ready(proposals):
    """Of these proposals those whose services have all handed in and that wait for a signature, while one may sign."""
    from budget.evaluation.models import Assignment

    asked = Assignment.objects.filter(proposal=OuterRef("pk"))
    rows = open_now(proposals).filter(status="study", hidden_at=None)
    return rows.filter(Exists(asked), ~Exists(asked.filter(submitted_at=None)))


def unassigned(proposals):
    """Of these proposals those that wait for somebody to give them to a service."""
    from budget.evaluation.models import Assignment

    rows = proposals.filter(status__in=("posted", "study"), hidden_at=None)
    return rows.filter(~Exists(Assignment.objects.filter(proposal=OuterRef("pk"))))


def open_now(proposals, now: dt.datetime | None = None):
    """Of these proposals those of budgets in which proposals are studied at that moment (now)."""
    from budget.participatory.models import Phase
    from budget.participatory.phases import EVALUATE, KINDS

    now = now or timezone.now()
    kinds = [kind.name for kind in KINDS.values() if EVALUATE in kind.allows]
    open_ones = Phase.objects.filter(kind__in=kinds, opens_at__lte=now).filter(
        Q(closes_at=None) | Q(closes_at__gt=now), budget__published_at__isnull=False
    )
    return proposals.filter(budget__in=open_ones.values("budget"))
