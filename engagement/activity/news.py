"""All that a person follows, as one list: a page of it by key, so that the hundredth costs what the first does."""

from dataclasses import dataclass

from django.db import connection

from accounts.models import User
from engagement.activity.models import Activity, Follow

PAGE = 20
ALLOWED = "a.public AND a.id < %(before)s ORDER BY a.id DESC LIMIT %(limit)s"
NARROWED = "(f.topics = '{}' OR a.topic = ANY(f.topics))"
# One arm for each kind of follow, so that each finds its acts by its own index.
ARMS = f"""
WITH mine AS (SELECT * FROM activity_follow WHERE user_id = %(user)s AND (%(one)s::bigint IS NULL OR id = %(one)s))
SELECT DISTINCT id FROM (
    SELECT found.id FROM mine f CROSS JOIN LATERAL (
        SELECT a.id FROM activity_activity a
        WHERE a.territories @> ARRAY[f.object_key::bigint] AND {NARROWED} AND {ALLOWED}) found
    WHERE f.object_type = 'territory'
    UNION ALL
    SELECT found.id FROM mine f CROSS JOIN LATERAL (
        SELECT a.id FROM activity_activity a
        WHERE ST_Covers(f.area, a.place) AND {NARROWED} AND {ALLOWED}) found
    WHERE f.object_type = 'area'
    UNION ALL
    SELECT found.id FROM mine f CROSS JOIN LATERAL (
        SELECT a.id FROM activity_activity a
        WHERE a.topic = f.object_key AND a.topic <> '' AND {ALLOWED}) found
    WHERE f.object_type = 'topic'
    UNION ALL
    SELECT found.id FROM mine f CROSS JOIN LATERAL (
        SELECT a.id FROM activity_activity a
        WHERE a.object_type = f.object_type AND a.object_key = f.object_key AND {ALLOWED}) found
    WHERE f.object_type NOT IN ('territory', 'area', 'topic')
) AS every ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - both parts are written above
NEWEST = 2**63 - 1


@dataclass(frozen=True)
class Page:
    """Acts, newest first; `older` is the key to ask for the next page with, None on the last."""

    activities: list[Activity]
    older: int | None


def page(user: User, *, follow: Follow | None = None, before: int | None = None) -> Page:
    """What happened in all that this person follows, or in one follow, before the act with that key."""
    asked = {"user": user.pk, "one": follow and follow.pk, "before": before or NEWEST, "limit": PAGE + 1}
    with connection.cursor() as cursor:
        cursor.execute(ARMS, asked)
        keys = [row[0] for row in cursor]
    older = keys[PAGE - 1] if len(keys) > PAGE else None
    found = Activity.objects.in_bulk(keys[:PAGE])
    return Page([found[key] for key in keys[:PAGE]], older)
