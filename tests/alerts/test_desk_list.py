"""The queue as an agent's own: filters that last, orders that page, a list of stars, and one's place in it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from alerts import services
from alerts.models import Alert, Category, Priority, SavedFilter, ShortlistItem, Team
from alerts.worklist import COUNTED, ORDERS, PAGE
from tests.alerts.desk import URL, listed, report

pytestmark = pytest.mark.django_db
FILTERS, STAR, MAP = f"{URL}filtres/", f"{URL}ma-liste/", f"{URL}carte.json"


def test_late_ones_stand_on_top_whenever_they_were_reported(town, desk):
    old, new = report(town), report(town)
    tomorrow, yesterday = (timezone.localdate() + dt.timedelta(days=by) for by in (1, -1))
    Alert.objects.filter(pk=old.pk).update(due_on=tomorrow)
    Alert.objects.filter(pk=new.pk).update(due_on=yesterday)
    assert listed(desk.get(URL)) == [new.reference, old.reference]
    assert listed(desk.get(URL, {"view": "late"})) == [new.reference]


def test_each_filter_keeps_what_it_says(town, desk, agent):
    plain, other = report(town), report(town)
    team = Team.objects.create(body=town.light_service, name="Nuit")
    long_ago = timezone.now() - dt.timedelta(days=40)

    def only(filters, **changes):
        before = Alert.objects.filter(pk=other.pk).values(*changes).get()
        Alert.objects.filter(pk=other.pk).update(**changes)
        assert listed(desk.get(URL, filters)) == [other.reference], filters
        Alert.objects.filter(pk=other.pk).update(**before)

    only({"priority": "1"}, priority=Priority.HIGH)
    only({"assignee": "moi"}, assignee=agent)
    only({"assignee": f"a{agent.pk}"}, assignee=agent)
    only({"assignee": f"e{team.pk}"}, team=team)
    only({"view": "mine"}, assignee=agent)
    only({"source": "open311"}, source="open311")
    only({"contested": "on"}, contested=2)
    only({"etat": "planned"}, status="planned")
    only({"until": (timezone.localdate() - dt.timedelta(days=30)).isoformat()}, created_at=long_ago)
    Alert.objects.filter(pk=plain.pk).update(assignee=agent)
    assert listed(desk.get(URL, {"assignee": "personne"})) == [other.reference]


def test_what_was_given_to_my_team_is_mine(town, desk, agent):
    team = Team.objects.create(body=town.light_service, name="Nuit")
    alert = report(town)
    services.assign(alert=alert, actor=agent, team=team)
    assert listed(desk.get(URL, {"view": "mine"})) == []
    team.members.add(agent)
    assert listed(desk.get(URL, {"view": "mine"})) == [alert.reference]


def test_a_heading_stands_for_all_that_is_inside(town, desk):
    heading = Category.objects.create(code="eclairage", name="Éclairage")
    Category.objects.filter(pk=town.street_light.pk).update(parent=heading)
    alert = report(town)
    assert listed(desk.get(URL, {"category": "eclairage"})) == [alert.reference]
    assert listed(desk.get(URL, {"category": "nid-de-poule"})) == []


@pytest.mark.parametrize(
    "typed",
    [
        "lampadaire",
        "LAMPA",
        "lampadiare",
        "lanpadaire",
        "lampadare",
        "lumiere noir",
        "lumière, Jules Verne",
        "rue jules-verne",
        "jules vrene",
        "grillé",
        "grille 12",
        "{reference}",
        "{start}",
        "{spaced}",
    ],
)
def test_words_find_a_report_however_they_are_written(town, desk, typed):
    Category.objects.filter(pk=town.street_light.pk).update(keywords="Lumière, rue noire")
    Category.objects.filter(code="nid-de-poule").update(keywords="trou")
    alert, other = report(town), report(town, category=town.pothole)
    Alert.objects.filter(pk=alert.pk).update(address="12 bis rue Jules-Verne", description="L'ampoule a grillé")
    Alert.objects.filter(pk=other.pk).update(address="3 rue des Œillets", description="Profond", body=alert.body)
    reference = alert.reference
    words = typed.format(reference=reference.lower(), start=reference[:5], spaced=f"{reference[:4]} - {reference[4:]}")
    assert listed(desk.get(URL, {"text": words})) == [reference]


@pytest.mark.parametrize("typed", ["jules œillets", "13 jules", "!", "%", "_____", "' OR 1=1", "l'", "x " * 50])
def test_words_that_are_nowhere_together_find_nothing(town, desk, typed):
    alert, other = report(town), report(town)
    Alert.objects.filter(pk=alert.pk).update(address="12 bis rue Jules-Verne")
    Alert.objects.filter(pk=other.pk).update(address="3 rue des Œillets")
    assert listed(desk.get(URL, {"text": typed})) == []


def test_a_wrong_letter_is_forgiven_only_where_the_words_are_nowhere(town, desk):
    bench, bank = report(town), report(town)
    Alert.objects.filter(pk=bench.pk).update(description="banc")
    Alert.objects.filter(pk=bank.pk).update(description="blanc")
    assert listed(desk.get(URL, {"text": "banc"})) == [bench.reference]
    assert set(listed(desk.get(URL, {"text": "blaanc"}))) == {bank.reference}
    assert listed(desk.get(URL, {"text": "bxxnc"})) == []


@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_each_order_hold_every_alert_once(town, desk, order):
    made = [report(town) for _number in range(PAGE + 3)]
    for position, alert in enumerate(made):
        day = timezone.localdate() + dt.timedelta(days=position % 3)
        moment = timezone.now() - dt.timedelta(days=position % 4)
        Alert.objects.filter(pk=alert.pk).update(
            due_on=day, created_at=moment, updated_at=moment, priority=position % 3 - 1, supports=position % 5
        )
    first = desk.get(URL, {"sort": order})
    second = desk.get(URL + first.context["next"])
    expected = list(Alert.objects.order_by(*ORDERS[order]).values_list("reference", flat=True))
    assert listed(first) + listed(second) == expected
    assert second.context["next"] is None


@pytest.mark.parametrize(
    "after", ["x~y", "2026-01-01~99999999999999999999", "~", "2026-13-45~1", "\0~1", "٣~٣", "a" * 3000]
)
def test_a_page_that_never_was_is_the_first_one(town, desk, after):
    alert = report(town)
    assert listed(desk.get(URL, {"apres": after})) == [alert.reference]


def test_counting_stops_where_it_says_no_more(town, desk):
    alert = report(town)
    own = ("id", "reference", "tracking_token", "submission")
    fields = [one.attname for one in Alert._meta.concrete_fields if one.attname not in own]
    names = ", ".join(fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO alerts_alert (reference, tracking_token, submission, {names}) "
            f"SELECT 'N' || n, 't' || n, md5(n::text)::uuid, {names} FROM alerts_alert, generate_series(1, %s) n "
            "WHERE id = %s",
            [COUNTED + 5, alert.pk],
        )
    tab = desk.get(URL).context["tabs"][0]
    assert (tab["count"], tab["more"]) == (COUNTED, True)
    assert "1,000+" in desk.get(URL).content.decode()


def test_a_filter_is_kept_renamed_opened_with_and_deleted(town, desk, agent):
    wanted = report(town)
    Alert.objects.update(priority=1)
    report(town)
    desk.post(FILTERS, {"do": "save", "name": "  Urgents ", "liste": "priority=1&apres=x&sort=age&nonsense=1"})
    saved = agent.saved_filters.get()
    assert (saved.name, saved.query) == ("Urgents", "priority=1&sort=age")
    desk.post(FILTERS, {"do": "open", "filter": saved.pk})
    assert listed(desk.get(URL, follow=True)) == [wanted.reference]
    assert len(listed(desk.get(URL, {"view": ""}))) == 2
    desk.post(FILTERS, {"do": "rename", "filter": saved.pk, "name": "À voir"})
    assert agent.saved_filters.get().name == "À voir"
    desk.post(FILTERS, {"do": "delete", "filter": saved.pk})
    assert not agent.saved_filters.exists()


@pytest.mark.parametrize("name", ["", "a" * 61, "\0"])
def test_a_name_that_cannot_be_is_said(town, desk, agent, name):
    given = {"do": "save", "name": name}
    assert "notice--error" in desk.post(FILTERS, given, follow=True).content.decode()
    assert not agent.saved_filters.exists()


def test_nobody_touches_the_filters_of_somebody_else(town, desk):
    other = town.person("autre@ville.example", Role.AGENT, body=town.light_service)
    theirs = services.save_filter(user=other, name="À eux", query="priority=1")
    for do in ("rename", "delete", "open"):
        assert desk.post(FILTERS, {"do": do, "filter": theirs.pk, "name": "Pris"}).status_code == 404
    for key in ("-1", "x", "9" * 30, ""):
        assert desk.post(FILTERS, {"do": "delete", "filter": key}).status_code == 404
    assert SavedFilter.objects.get().name == "À eux"


def test_there_is_a_limit_to_filters_and_the_same_name_replaces(agent):
    for number in range(services.MAX_FILTERS):
        services.save_filter(user=agent, name=str(number), query="")
    with pytest.raises(services.ListFull):
        services.save_filter(user=agent, name="de trop", query="")
    assert services.save_filter(user=agent, name="3", query="sort=age").query == "sort=age"
    with pytest.raises(services.NameTaken):
        services.rename_filter(saved=agent.saved_filters.first(), name="3")


def test_a_star_puts_on_the_list_and_takes_off(town, desk, agent):
    alert = report(town)
    answer = desk.post(STAR, {"alert": alert.reference}, headers={"hx-request": "true"})
    assert 'aria-pressed="true"' in answer.content.decode()
    assert listed(desk.get(URL, {"view": "list"})) == [alert.reference]
    assert desk.post(STAR, {"alert": f"-{alert.reference}", "liste": "view=list"}).url == f"{URL}?view=list"
    assert not ShortlistItem.objects.exists()


def test_what_is_not_mine_to_handle_gets_no_star(town, desk):
    alert = report(town, category=town.pothole)
    assert desk.post(STAR, {"alert": alert.reference}).status_code == 403
    assert not ShortlistItem.objects.exists()


def test_the_list_is_carried_through_an_act_and_decides_what_comes_next(town, desk):
    one, two, three = (report(town, days_ago=9 - number) for number in range(3))
    Alert.objects.filter(pk__in=[one.pk, three.pk]).update(priority=1)
    page = desk.get(one.get_handle_url(), {"liste": "priority=1&sort=age"})
    assert (page.context["before"], page.context["next"]) == (None, three)
    given = {"act": "resolve", "message": "Fait.", "seen": one.events.last().pk, "liste": "priority=1&sort=age"}
    after = desk.post(one.get_handle_url(), given, follow=True)
    assert after.context["next"] == three
    assert f"{URL}?priority=1&amp;sort=age" in after.content.decode()
    assert desk.get(two.get_handle_url()).context["before"] is None  # without a list: the usual one, due first


def test_the_map_shows_the_same_reports(town, desk):
    west, _east = report(town), report(town, point=town.IN_EAST)
    report(town, category=town.pothole)
    box = {"bbox": "1.9,46.9,2.3,47.2", "zoom": "12"}
    assert desk.get(MAP, box).json()["total"] == 2
    found = desk.get(MAP, box | {"territory": town.west.pk}).json()
    assert [one[0] for one in found["objects"]] == [west.reference]
    for wrong in ({}, {"bbox": "x"}, {"bbox": "nan,0,1,1", "zoom": "5"}):
        assert desk.get(MAP, wrong).status_code == 400
    assert desk.get(MAP, box | {"zoom": "-1"}).json()["parameter"] == "zoom"


def test_the_page_of_an_alert_costs_the_same_with_many_steps_and_neighbours(town, desk, agent):
    alert = report(town)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(alert.get_handle_url()).status_code == 200
        return len(captured)

    def live(times):
        for _number in range(times):
            report(town)
            services.note(alert=alert, actor=agent, text="Vu.")
            services.assign(alert=alert, actor=agent, assignee=agent)
            services.assign(alert=alert, actor=agent)
            services.merge(alerts=[report(town)], into=alert, actor=agent)

    live(3)
    few = queries()
    live(12)
    assert queries() == few


def test_the_map_is_told_where_the_reports_of_this_list_lie(town, desk):
    west, east = report(town), report(town, point=town.IN_EAST)
    box = desk.get(MAP, {"etendue": 1}).json()["bbox"]
    assert box == [west.point.x, west.point.y, east.point.x, east.point.y]
    alone = desk.get(MAP, {"etendue": 1, "text": east.reference}).json()["bbox"]
    assert alone == [east.point.x, east.point.y, east.point.x, east.point.y]
    assert desk.get(MAP, {"etendue": 1, "view": "closed"}).json() == {"bbox": None}


def test_filters_that_are_set_are_counted_and_the_usual_order_says_which(town, desk):
    report(town)
    page = desk.get(URL, {"priority": "0", "text": "lampadaire", "category": "no-such", "sort": "age"})
    assert page.context["queue"].narrowed() == 2
    assert "Filter (2)" in page.content.decode()
    assert "Usual order: late ones first" in page.content.decode()
    assert "Usual order: last changed first" in desk.get(URL, {"view": "closed"}).content.decode()
