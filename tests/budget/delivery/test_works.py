"""What becomes of the winners: steps, money, photos; who may write, who is told, who signs."""

import datetime as dt
import io

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from accounts.models import Role
from budget.delivery import services, snapshots
from budget.delivery.models import Expense, Milestone, Signature, WorksPhoto
from budget.delivery.stages import late_by, stage
from budget.delivery.works import works
from budget.proposals.models import Proposal, Support
from engagement.activity.services import hand_on, send_waiting
from tests.budget.delivery.works import agent, chosen

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_stages_are_what_dates_say():
    today = dt.date(2026, 5, 10)
    steps = [(dt.date(2026, 5, 1), dt.date(2026, 5, 20)), (dt.date(2026, 5, 7), None), (dt.date(2026, 6, 1), None)]
    assert late_by(steps, today) == 3
    assert late_by(steps, dt.date(2026, 5, 7)) == 0
    assert [stage(*one).name for one in (("elected", 0), ("underway", 0), ("elected", 3), ("delivered", 3))] == [
        "planned",
        "underway",
        "late",
        "delivered",
    ]


def test_a_step_put_off_says_why_and_is_told_to_who_supported(town, mailoutbox):
    _envelope, won = chosen(town)
    proposal, someone = won["Bancs"], agent(town)
    neighbour = town.person("voisine@example.org")
    Support.objects.create(proposal=proposal, user=neighbour)
    today = timezone.localdate()
    step = services.set_milestone(proposal=proposal, actor=someone, title="Pose", planned_on=today - 3 * DAY)
    row = works(Proposal.objects.filter(pk=proposal.pk))[0]
    assert (row.stage.name, row.late_by) == ("late", 3)
    later = {"proposal": proposal, "actor": someone, "milestone": step, "title": "Pose", "planned_on": today + 9 * DAY}
    with pytest.raises(services.DeliveryError):
        services.set_milestone(**later)
    services.set_milestone(**later, message="La pierre manque.")
    assert Milestone.objects.get().first_planned_on == today - 3 * DAY
    while hand_on():
        pass
    send_waiting()
    assert [one.to for one in mail.outbox if "reportée" in one.subject] == [[neighbour.email]]
    told = mail.outbox[-1].body
    assert "La pierre manque." in told
    assert "vous avez soutenu" in told
    with pytest.raises(services.DeliveryError):
        services.set_milestone(**{**later, "message": "x"}, done_on=today + DAY)


def test_money_stays_as_it_was_written(town):
    _envelope, won = chosen(town)
    proposal, someone = won["Bancs"], agent(town)
    today = timezone.localdate()
    first = services.spend(proposal=proposal, actor=someone, label="Bancs", amount=9_000_00, paid_on=today)
    wrong = services.spend(proposal=proposal, actor=someone, label="Bancs", amount=9_000_00, paid_on=today)
    row = works(Proposal.objects.filter(pk=proposal.pk))[0]
    assert (row.spent, row.over) == (18_000_00, 8_000_00)
    services.strike_out(expense=wrong, actor=someone, reason="saisie deux fois")
    assert works(Proposal.objects.filter(pk=proposal.pk))[0].spent == 9_000_00
    for change in ({"amount": 1}, {"proposal": won["Fontaine"]}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Expense.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Expense.objects.filter(pk=wrong.pk).update(struck_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Expense.objects.all().delete()


def test_only_who_builds_writes_and_only_during_the_works(town, client):
    envelope, won = chosen(town)
    stranger = town.person("ailleurs@example.org", "agent", territory=town.village, body=town.road_service)
    with pytest.raises(PermissionDenied):
        services.spend(proposal=won["Bancs"], actor=stranger, label="x", amount=1, paid_on=timezone.localdate())
    address = f"/agents/realisation/{won['Bancs'].reference}/"
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    client.force_login(agent(town))
    assert client.get(address).status_code == 200
    envelope.budget.phases.filter(kind="delivering").delete()
    assert "pas ouverte" in client.get(address).content.decode()
    page = client.post(address, {"faire": "acte", "acte": "start"})
    assert page.status_code == 422
    won["Bancs"].refresh_from_db()
    assert won["Bancs"].status == "elected"


def test_the_desk_keeps_what_was_typed_and_takes_what_is_right(town, client):
    _envelope, won = chosen(town)
    proposal = won["Bancs"]
    client.force_login(agent(town))
    address = f"/agents/realisation/{proposal.reference}/"
    assert "Bancs" in client.get("/agents/realisation/").content.decode()
    today = timezone.localdate().isoformat()
    wrong = client.post(
        address, {"faire": "depense", "depense-label": "Socle", "depense-amount": "beaucoup", "depense-paid_on": today}
    )
    assert wrong.status_code == 422
    assert 'value="Socle"' in wrong.content.decode()
    for data in (
        {},
        {"faire": "x"},
        {"faire": "rayer", "rayer-reason": "x", "reference": "-1"},
        {"faire": "sans-jalon"},
    ):
        assert client.post(address, data).status_code in (404, 422)
    for amount in ("0", "-5", "9" * 40, "1e9"):
        data = {"faire": "depense", "depense-label": "x", "depense-amount": amount, "depense-paid_on": today}
        assert client.post(address, data).status_code == 422
    good = {"faire": "depense", "depense-label": "Socle", "depense-amount": "1 234,50", "depense-paid_on": today}
    assert client.post(address, good).status_code == 302
    assert Expense.objects.get().amount == 1_234_50
    data = {"faire": "jalon", "jalon-title": "Pose", "jalon-planned_on": today, "jalon-done_on": today}
    assert client.post(address, data).status_code == 302
    assert client.post(address, {"faire": "acte", "acte": "deliver"}).status_code == 422
    assert client.post(address, {"faire": "acte", "acte": "deliver", "acte-message": "Voilà."}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.status == "delivered"
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert "Socle" in page
    table = client.get(f"/budgets/{proposal.budget.slug}/realisation.csv").content.decode()
    assert "Bancs;fait;10000,00;1234,50;0" in table


def test_photos_are_cleaned_and_shown_with_their_project(town, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    _envelope, won = chosen(town)
    client.force_login(agent(town))
    address = f"/agents/realisation/{won['Bancs'].reference}/"
    data = {"faire": "photo", "photo-moment": "before", "photo-caption": "La place"}
    refused = client.post(address, data | {"photo-photo": io.BytesIO(b"no photo")})
    assert refused.status_code == 422
    assert 'value="La place"' in refused.content.decode()
    taken = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(taken, "PNG")
    taken.seek(0)
    taken.name = "a.png"
    step = Milestone.objects.create(
        proposal=won["Bancs"], title="Pose", planned_on=timezone.localdate(), first_planned_on=timezone.localdate()
    )
    data["photo-milestone"] = step.reference
    assert client.post(address, data | {"photo-photo": taken}).status_code == 302
    photo = WorksPhoto.objects.get()
    assert photo.milestone == step
    client.logout()
    assert client.get(photo.get_url()).headers["Content-Type"] == "image/jpeg"
    Proposal.objects.filter(pk=won["Bancs"].pk).update(hidden_at=timezone.now())
    assert client.get(photo.get_url()).status_code == 404


def test_an_official_signs_what_was_read_and_later_changes_show(town, client):
    envelope, won = chosen(town)
    address = services.url_of(envelope)
    client.force_login(town.person("voisine@example.org"))
    assert client.post(address, {}).status_code == 403
    client.force_login(town.official())
    seen = snapshots.digest(snapshots.snapshot(envelope))
    someone = agent(town)
    services.spend(proposal=won["Bancs"], actor=someone, label="x", amount=1_00, paid_on=timezone.localdate())
    stale = client.post(address, {"seen": seen, "text": "Bien."})
    assert stale.status_code == 422
    assert "Bien." in stale.content.decode()
    fresh = snapshots.digest(snapshots.snapshot(envelope))
    assert f'value="{fresh}"' in stale.content.decode()
    assert client.post(address, {"seen": fresh, "text": "Bien."}).status_code == 302
    assert "Rien n’a changé depuis" in client.get(address).content.decode()
    services.act(proposal=won["Fontaine"], name="start", actor=someone)
    page = client.get(address).content.decode()
    assert "Modifié depuis la signature" in page
    assert Signature.objects.get().digest == fresh
    for change in (lambda: Signature.objects.update(text="x"), lambda: Signature.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_dashboard_of_an_official_says_which_pages_wait_for_a_signature(town, client):
    envelope, won = chosen(town)
    board = "/territoires/quartier/T1001-1/tableau-de-bord/"
    client.force_login(town.official())

    def waiting():
        return [one for one in client.get(board).context["page"].duties if one.name == "works"]

    (asked,) = waiting()
    assert (asked.count, [one.url for one in asked.items]) == (1, [services.url_of(envelope)])
    client.post(asked.items[0].url, {"seen": snapshots.digest(snapshots.snapshot(envelope)), "text": ""})
    assert waiting() == []
    services.spend(proposal=won["Bancs"], actor=agent(town), label="x", amount=1, paid_on=timezone.localdate())
    assert [one.detail for one in waiting()[0].items] == ["Modifié depuis la signature"]
    client.force_login(town.person("dgs@ville.example", Role.ADMINISTRATOR))
    assert waiting() == [], "an administrator cannot sign"


def test_more_steps_cost_no_query_more(town, client):
    envelope, won = chosen(town)
    someone, today, counts = agent(town), timezone.localdate(), []
    address = services.url_of(envelope)
    for more in (1, 12):
        for proposal in won.values():
            for _time in range(more):
                services.set_milestone(proposal=proposal, actor=someone, title="Pose", planned_on=today)
                services.spend(proposal=proposal, actor=someone, label="x", amount=1, paid_on=today)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
