"""Following an area, a topic, and which acts a follow is told of."""

import time

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from accounts.models import User
from engagement.activity import follows
from engagement.activity.models import Activity, Follow
from tests.engagement.helpers import act

pytestmark = pytest.mark.django_db
METRES = 111_320  # of a degree of latitude, within half a percent


def area(person, shape, key="1", **fields):
    return follows.follow(
        user=person, object_type="area", object_key=key, title="Ma rue", url="/", area=shape, **fields
    )


def at(place: Point, *, north=0.0, east=0.0) -> Point:
    """The point that lies some metres from `place`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsEWKB(ST_Project(ST_Project(ST_GeomFromEWKB(%s)::geography, %s, 0), %s, pi()/2)::geometry)",
            [bytes(place.ewkb), north, east],
        )
        return Point(*follows._geometry(cursor.fetchone()[0]).coords, srid=4326)


def told(activity) -> set[str]:
    return set(Follow.objects.told_of(activity).values_list("user__email", flat=True))


def test_a_circle_is_measured_in_real_metres_in_every_direction(town):
    area(town.person("a@example.org"), follows.circle(town.IN_WEST, 300))
    for north, east in ((1, 0), (-1, 0), (0, 1), (0, -1), (0.6, 0.8)):
        assert told(act(place=at(town.IN_WEST, north=297 * north, east=297 * east)))
        assert not told(act(place=at(town.IN_WEST, north=303 * north, east=303 * east)))


def test_topics_narrow_an_area_and_a_territory(town):
    area(town.person("a@example.org"), follows.circle(town.IN_WEST, 300), topics=["alerts:nid-de-poule"])
    named = {"object_type": "territory", "object_key": town.west.pk, "title": "x", "url": "/"}
    follows.follow(user=town.person("b@example.org"), topics=["alerts:lampadaire"], **named)
    follows.follow(user=town.person("c@example.org"), **named)
    topic = {"object_type": "topic", "object_key": "alerts:lampadaire", "title": "x", "url": "/"}
    follows.follow(user=town.person("d@example.org"), **topic)
    here = {"place": town.IN_WEST, "territories": [town.west.pk]}
    assert told(act(topic="alerts:nid-de-poule", **here)) == {"a@example.org", "c@example.org"}
    assert told(act(topic="alerts:lampadaire", **here)) == {"b@example.org", "c@example.org", "d@example.org"}
    assert told(act(**here)) == {"c@example.org"}
    assert told(act(topic="alerts:lampadaire", place=town.IN_EAST)) == {"d@example.org"}


def test_who_paused_closed_or_did_it_is_not_told(town):
    people = [town.person(f"{letter}@example.org") for letter in "abc"]
    for person in people:
        area(person, follows.circle(town.IN_WEST, 300))
    follows.pause(user=people[0])
    User.objects.filter(pk=people[1].pk).update(is_active=False)
    assert told(act(place=town.IN_WEST)) == {"c@example.org"}
    assert told(act(place=town.IN_WEST, actor=people[2])) == set()


def corners(*pairs) -> list[Point]:
    return [Point(lon, lat, srid=4326) for lon, lat in pairs]


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        (corners((2, 47), (2.01, 47)), "at least three"),
        (corners((2, 47), (2.01, 47), (2.02, 47)), "enclose nothing"),
        (corners((2, 47), (2, 47), (2, 47)), "enclose nothing"),
        (corners((2, 47), (2.5, 47), (2.5, 47.5), (2, 47.5)), "km²"),
        (corners(*((2 + n / 1e6, 47 + (n % 2) / 1e3) for n in range(501))), "at most 500"),
    ],
)
def test_an_area_that_cannot_be_followed_is_refused_in_words(drawn, says):
    from django.utils import translation

    with translation.override("en"), pytest.raises(follows.FollowError, match=says):
        follows.polygon(drawn)


def test_an_outline_that_crosses_itself_is_put_right(town):
    bow = follows.polygon(corners((2.0, 47.0), (2.02, 47.02), (2.02, 47.0), (2.0, 47.02)))
    assert bow.outline.valid
    assert len(bow.outline) == 2
    area(town.person("a@example.org"), bow)
    assert told(act(place=Point(2.002, 47.01, srid=4326)))
    assert not told(act(place=Point(2.01, 47.002, srid=4326)))


def test_one_follows_at_most_fifty(town):
    person = town.person("a@example.org")
    for number in range(follows.MAX_FOLLOWS):
        area(person, follows.circle(town.IN_WEST, 100), key=str(number))
    with pytest.raises(follows.TooMany):
        area(person, follows.circle(town.IN_WEST, 100), key="more")
    assert area(person, follows.circle(town.IN_WEST, 100), key="1").pk


def test_an_act_finds_its_follows_among_100_000_by_indexes(town):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_user (email, password, display_name, verification, is_active, is_staff, is_superuser,
                date_joined)
            SELECT 'u' || n || '@example.org', '', '', 1, true, false, false, now() FROM generate_series(1, 2000) n;
            INSERT INTO activity_follow (user_id, object_type, object_key, title, url, topics, area, rhythm, paused)
            SELECT u.id, CASE n % 4 WHEN 0 THEN 'area' WHEN 1 THEN 'territory' WHEN 2 THEN 'topic' ELSE 'alert' END,
                CASE n % 4 WHEN 1 THEN (100000 + n)::text ELSE n::text END, 'x', '/', '{}',
                CASE n % 4 WHEN 0 THEN ST_Multi(ST_Buffer(
                    ST_MakePoint(2 + random() / 10, 47 + random() / 10)::geography, 100)::geometry) END,
                'daily', false
            FROM generate_series(1, 50) n CROSS JOIN accounts_user u WHERE u.email LIKE 'u%';
            """
        )
        cursor.execute("ANALYZE activity_follow, accounts_user")
    activity = act(place=town.IN_WEST, territories=[town.west.pk], topic="alerts:lampadaire")
    rows = Follow.objects.told_of(activity)
    plan = rows.explain(analyze=True)
    assert Follow.objects.count() == 100_000
    assert "Seq Scan on activity_follow" not in plan
    assert "follow_area" in plan
    started = time.perf_counter()
    assert 0 < len(rows) < 1000
    assert time.perf_counter() - started < 0.5, plan


def test_an_act_records_its_topic(town):
    assert Activity.objects.on_topics(["alerts:lampadaire"]).count() == 0
    act(topic="alerts:lampadaire")
    assert Activity.objects.on_topics(["alerts:lampadaire"]).count() == 1
