"""Reads of activities, follows, notifications and digests."""

import datetime as dt

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Case, IntegerField, Min, Q, When

# Follows of these types reach wider than one thing: their news comes in a digest unless the person asks otherwise.
WIDE = ("territory", "topic", "area")


class ActivityQuerySet(models.QuerySet):
    def public(self):
        """What anybody may read."""
        return self.filter(public=True)

    def in_territory(self, territory):
        """Acts whose place lies in that territory."""
        return self.filter(territories__contains=[territory.pk])

    def in_area(self, area):
        """Acts whose place lies in that polygon (EPSG:4326), its edge included."""
        return self.filter(place__coveredby=area)

    def on_topics(self, topics: list[str]):
        """Acts about one of these topics; all acts where none is given."""
        return self.filter(topic__in=topics) if topics else self

    def since(self, moment: dt.datetime):
        """Acts at that moment or later."""
        return self.filter(created_at__gte=moment)

    def about(self, object_type: str, object_key):
        """Acts done to one thing."""
        return self.filter(object_type=object_type, object_key=str(object_key))

    def matching(self, follow):
        """Acts that this follow is about."""
        if follow.object_type == "area":
            return self.in_area(follow.area).on_topics(follow.topics)
        if follow.object_type == "topic":
            return self.on_topics([follow.object_key])
        if follow.object_type == "territory":
            return self.filter(territories__contains=[int(follow.object_key)]).on_topics(follow.topics)
        return self.about(follow.object_type, follow.object_key)


class FollowQuerySet(models.QuerySet):
    def told_of(self, activity):
        """Follows whose owner is told of that act: of the thing itself, its topic, and the places it lies in."""
        narrowed = Q(topics=[]) | Q(topics__contains=[activity.topic])
        keys = [str(pk) for pk in activity.territories]
        told = Q(object_type=activity.object_type, object_key=activity.object_key)
        told |= Q(object_type="territory", object_key__in=keys) & narrowed
        if activity.topic:
            told |= Q(object_type="topic", object_key=activity.topic)
        if activity.place:
            told |= Q(object_type="area", area__covers=activity.place) & narrowed
        return self.live().filter(told).exclude(user=activity.actor_id)

    def live(self):
        """Follows that bring mail: not paused, of somebody whose account is open."""
        return self.filter(paused=False, user__is_active=True)

    def by_person(self):
        """(address, ids of the follows oldest first, eagerness) of each person: 0 at once, 1 daily, 2 weekly."""
        eagerness = Case(When(rhythm="instant", then=0), When(rhythm="daily", then=1), default=2)
        return (
            self.order_by()
            .values_list("user__email")
            .annotate(ids=ArrayAgg("pk", order_by="pk"), eagerness=Min(eagerness, output_field=IntegerField()))
        )


class MailQuerySet(models.QuerySet):
    """Notifications and digests."""

    MAX_ATTEMPTS = 8

    def waiting(self):
        """Mails that have still to leave and have not failed too often."""
        return self.filter(sent_at=None, attempts__lt=self.MAX_ATTEMPTS)
