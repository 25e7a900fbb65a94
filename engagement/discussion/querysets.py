"""Reads of comments."""

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from accounts.models import Role
from accounts.rules import mandates

MODERATORS = (Role.MODERATOR, Role.ADMINISTRATOR)
BEST, NEWEST = ("-supports", "-pk"), ("-pk",)


class CommentQuerySet(models.QuerySet):
    def about(self, subject_type: str, subject_key):
        """Comments on one subject."""
        return self.filter(subject_type=subject_type, subject_key=str(subject_key))

    def roots(self):
        """Arguments and questions, no replies."""
        return self.filter(parent=None)

    def readable(self):
        """Whose text can still be read."""
        return self.filter(hidden="", withdrawn_at=None)

    def listed(self):
        """What a list shows: of withdrawn ones those that were answered, so that answers keep their place."""
        answers = self.model.objects.filter(parent=OuterRef("pk"))
        return self.filter(Q(withdrawn_at=None) | Exists(answers))

    def tally(self) -> dict[str, tuple[int, int]]:
        """{stance: (how many are listed, how many can be read)} of roots; one query."""
        readable = Q(hidden="", withdrawn_at=None)
        rows = self.roots().listed().order_by().values_list("stance")
        counts = rows.annotate(listed=Count("pk"), readable=Count("pk", filter=readable))
        return {stance: (listed, read) for stance, listed, read in counts}

    def first_replies(self, parents, most: int):
        """The first `most` replies to each of `parents`, official ones before others; each knows its `total`."""
        mine = {"partition_by": F("parent")}
        return (
            self.filter(parent__in=parents, withdrawn_at=None)
            .in_order()
            .annotate(
                total=Window(Count("pk"), **mine),
                number=Window(RowNumber(), **mine, order_by=[F("is_official").desc(), "pk"]),
            )
            .filter(number__lte=most)
        )

    def in_order(self):
        """Replies as they are read: official ones first, then as they came. Their authors come along."""
        return self.alias(is_official=~Q(official="")).order_by("-is_official", "pk").select_related("author")

    def moderated_by(self, user):
        """Comments in the territories where that person moderates; a superuser's are all."""
        if user.is_superuser:
            return self
        return self.filter(territories__overlap=[one.territory_id for one in mandates(user, *MODERATORS)])

    def flagged(self):
        """Those reported since somebody last decided, most reported first, with `flag_count`."""
        waiting = Q(flags__decision=None, flags__isnull=False)
        return (
            self.filter(waiting, withdrawn_at=None)
            .annotate(flag_count=Count("flags", filter=waiting))
            .order_by("-flag_count", "pk")
        )
