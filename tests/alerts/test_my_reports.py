"""All that a person reported or joined, together."""

import pytest

from alerts import services
from tests.alerts.steps import act, queries_of, read, reported

pytestmark = pytest.mark.django_db


def test_my_reports_stand_together_with_what_waits_for_me_on_top(town, phone):
    me, agent = town.person("moi@example.org"), town.light_agent()
    asked = reported(town, reporter=me, contact_email="", address="1 rue A")
    reported(town, reporter=me, contact_email="", address="2 rue B")
    reported(town, contact_email="MOI@example.org", address="3 rue C")
    done = reported(town, reporter=me, contact_email="", address="4 rue D")
    others = reported(town, address="5 rue E")
    act(asked, "ask", agent)
    act(done, "resolve", agent)
    services.support(alert=others, user=me)
    phone.force_login(me)
    assert [alert.address for alert in phone.get("/compte/signalements/").context["page"]] == [
        "1 rue A",
        "3 rue C",
        "2 rue B",
    ]
    assert [alert.address for alert in phone.get("/compte/signalements/?etat=clos").context["page"]] == ["4 rue D"]
    joined = phone.get("/compte/signalements/?etat=rejoints")
    assert [alert.address for alert in joined.context["page"]] == ["5 rue E"]
    assert others.tracking_token not in joined.content.decode()
    assert phone.get("/compte/signalements/?etat=x&page=-3").status_code == 200
    home = read(phone, "/compte/")
    assert home.index("1 rue A") < home.index("4 rue D")


def test_my_reports_come_in_pages_at_the_same_cost(town, phone):
    me = town.person("moi@example.org")
    phone.force_login(me)
    for _ in range(3):
        reported(town, reporter=me)
    phone.get("/compte/signalements/")
    few = queries_of(phone, "/compte/signalements/")
    for _ in range(27):
        reported(town, reporter=me)
    assert queries_of(phone, "/compte/signalements/") == few
    page = read(phone, "/compte/signalements/")
    assert "page=2" in page
    assert len(phone.get("/compte/signalements/?page=2").context["page"]) == 10
