"""The whole life of a participatory budget on a phone: from an idea on the map to a signed page of the works."""

import csv
import io
import json
import os
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from budget.delivery.services import url_of
from budget.evaluation import services as evaluation
from budget.evaluation.models import Assignment
from budget.proposals import services as proposals
from budget.proposals.models import Proposal
from budget.results.models import Count
from budget.voting.models import CountedBallot
from engagement.discussion.models import Comment
from tests.browser.test_loop import _photo
from tests.budget.life import FOUNTAIN, LANE, PHONE, PITCH, Life, neighbours_vote
from tests.engagement.posting import wait_for, worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOOTH, WORDS = "École du Centre", "Les travaux avancent comme prévu."


def test_from_an_idea_on_the_map_to_a_page_that_is_signed(town, open_page, axe, live_server, tmp_path):
    life = Life(town, open_page, axe, live_server)
    resident_draws(life)
    neighbour_supports_and_comments(life)
    life.move("evaluating")
    service_studies(life)
    official_signs(life)
    life.move("publishing")
    paper_is_printed(life)
    life.move("voting")
    receipt = resident_votes_and_changes_their_mind(life)
    neighbours_vote(life)
    booth_types_one_ballot_twice(life)
    life.move("counting")
    two_people_close(life)
    celery_counts(life)
    everybody_reads_why(life)
    receipt_is_published(life, receipt)
    anybody_counts_again(life, tmp_path)
    life.move("delivering")
    service_builds(life)
    official_signs_the_works(life)
    resident_reads_how_it_went(life)


def resident_draws(life) -> None:
    page = life.page(life.ines, life.at)
    life.sound(page)
    page.goto(f"{life.at}proposer/")
    page.get_by_label(re.compile("Une ligne")).check()
    expect(page.get_by_text("Touchez la carte là où la ligne commence")).to_be_visible()
    page.evaluate(
        "document.querySelector('[data-area-draw]').areaDraw.map.setView([47.05, 2.021], 16, {animate: false})"
    )
    page.locator("[data-area-draw] .map").focus()
    page.keyboard.press("Enter")
    middle = "document.querySelector('[data-area-draw]').areaDraw.map.getCenter().lng"
    before = page.evaluate(middle)
    page.keyboard.press("ArrowRight")
    # The map glides there: a corner put down at once would be the first again.
    page.wait_for_function(f"before => {middle} - before > 0.001", arg=before)
    page.keyboard.press("Enter")
    expect(page.locator("#envelope-part").get_by_text("Ouest").first).to_be_visible()
    page.get_by_label("Votre idée en quelques mots").fill(LANE)
    page.get_by_label("Thème").select_option(life.theme.code)
    page.get_by_label("Décrivez-la").fill("Pour aller à l'école à vélo sans danger.")
    page.get_by_role("button", name=re.compile("Prendre mon dessin")).click()
    expect(page.locator("[data-sum]")).not_to_have_text(re.compile(r"^0"))
    life.sound(page)
    page.get_by_role("button", name="Envoyer ma proposition").last.click()
    expect(page.get_by_role("heading", name=LANE, level=1)).to_be_visible()
    life.sound(page)


def neighbour_supports_and_comments(life) -> None:
    lane = life.proposal(LANE)
    page = life.page(life.karim, f"{life.at}proposer/")
    page.locator("[data-place-typed]:not([open]) summary").click()
    page.get_by_role("textbox", name="Latitude").fill(str(lane.point.y))
    page.get_by_role("textbox", name="Longitude").fill(str(lane.point.x))
    page.get_by_label("Votre idée en quelques mots").fill("Un chemin à vélo jusqu'au stade")
    page.get_by_label("Décrivez-la").click()
    similar = page.locator("#similar-part")
    expect(similar.get_by_role("link", name=LANE)).to_be_visible()
    life.sound(page)
    similar.get_by_role("button", name=re.compile("Soutenir plutôt celle-ci")).click()
    expect(similar.get_by_text("Inutile d'envoyer la vôtre")).to_be_visible()
    page.goto(lane.get_absolute_url())
    page.get_by_text("Donner mon avis ou poser une question").click()
    page.get_by_label("Un argument pour").check()
    page.get_by_label(re.compile("Vos mots")).fill("Ma fille ira seule au collège.")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("Ma fille ira seule au collège.").first).to_be_visible()
    life.sound(page)
    lane.refresh_from_db()
    assert lane.supports == 1
    assert Comment.objects.get().author == life.karim
    # What others propose, without their browsers.
    for title in (PITCH, FOUNTAIN):
        proposals.post(
            budget=life.budget,
            author=life.karim,
            title=title,
            text="Pour tout le quartier.",
            shape=life.town.IN_WEST,
            theme=life.theme,
        )


def service_studies(life) -> None:
    page = life.page(life.boss, f"/agents/budgets/{life.budget.slug}/services/")
    life.sound(page)
    page.get_by_role("button", name="Reprendre les questions usuelles").click()
    page.get_by_label(re.compile("Étude attendue")).fill(timezone.localdate().isoformat())
    page.get_by_role("button", name=re.compile("Confier 3 propositions")).click()
    expect(page.get_by_role("button", name=re.compile("^Confier"))).to_have_count(0)
    assert Assignment.objects.filter(body=life.town.road_service).count() == 3
    page = life.page(life.agent, "/agents/propositions/")
    life.sound(page)
    page.get_by_role("link", name=LANE).click()
    page.get_by_label("Réalisable", exact=True).check()
    page.get_by_role("textbox", name="Motif public").fill("La rue est assez large pour une piste séparée.")
    page.get_by_label("Pour quoi").first.fill("Travaux")
    page.get_by_label("Montant (€)").first.fill("200 000")
    for question in page.locator(".study-question").all():
        question.get_by_label("Oui").check()
    life.sound(page)
    page.get_by_role("button", name="Rendre l'étude").click()
    expect(page.get_by_text("Elle est rendue et reste en l'état.")).to_be_visible()
    items = list(life.budget.check_items.all())
    for title, cost in ((PITCH, 250_000_00), (FOUNTAIN, 40_000_00)):
        evaluation.save_study(
            assignment=Assignment.objects.get(proposal__title=title),
            author=life.agent,
            seen=0,
            verdict="feasible",
            reason="Le terrain le permet et les réseaux passent à côté.",
            answers={item.code: ("yes", "") for item in items},
            lines=[{"name": "Travaux", "amount": cost}],
            submit=True,
        )


def official_signs(life) -> None:
    page = life.page(life.mayor, "/agents/propositions/")
    life.sound(page)
    page.get_by_role("link", name=LANE).click()
    page.get_by_label("Réalisable", exact=True).check()
    page.get_by_role("textbox", name="Motif public").fill("Réalisable : la piste relie l'école au stade.")
    life.sound(page)
    page.get_by_role("button", name="Signer et publier").click()
    expect(page.get_by_text("C'est signé.")).to_be_visible()
    expect(page.locator("#etude")).to_contain_text("200\u202f000\xa0€")
    life.sound(page)
    for title, cost in ((PITCH, 250_000_00), (FOUNTAIN, 40_000_00)):
        evaluation.sign(
            proposal=life.proposal(title),
            actor=life.mayor,
            feasible=True,
            reason="Réalisable sur le terrain de la ville.",
            lines=[{"name": "Travaux", "amount": cost}],
        )


def paper_is_printed(life) -> None:
    page = life.page(life.boss, f"/agents/scrutins/{life.budget.slug}/")
    page.get_by_role("button", name="Imprimer le bulletin").click()
    expect(page.get_by_text("Le bulletin est imprimé : 3 projets.")).to_be_visible()
    life.sound(page)


def line(page, life, title):
    """The box of that project on the paper."""
    return page.locator(f"#line-{life.west.paper.get(title=title).number}")


def deposit(page, life) -> str:
    """Read the ballot again and cast it; the receipt."""
    page.get_by_role("button", name="Relire et voter").click()
    life.sound(page)
    page.get_by_role("button", name="Déposer ce bulletin").click()
    life.sound(page)
    return page.locator(".receipt").inner_text()


def resident_votes_and_changes_their_mind(life) -> str:
    page = life.page(life.ines, f"{life.at}voter/")
    page.get_by_label("sur l’honneur").check()
    page.get_by_role("button", name="Continuer").click()
    life.sound(page)
    page.get_by_role("link", name="Ouest").click()
    line(page, life, PITCH).check()
    expect(page.locator("[data-left]")).to_contain_text("50\u202f000")
    assert line(page, life, LANE).get_attribute("aria-disabled") == "true"
    life.sound(page)
    first = deposit(page, life)
    page.get_by_role("link", name="Changer mon vote").click()
    line(page, life, PITCH).uncheck()
    line(page, life, LANE).check()
    line(page, life, FOUNTAIN).check()
    expect(page.locator("[data-left]")).to_contain_text("60\u202f000")
    second = deposit(page, life)
    assert first != second
    return second


def booth_types_one_ballot_twice(life) -> None:
    page = life.page(life.agent, f"/agents/scrutins/{life.budget.slug}/")
    page.get_by_label("Nom du bureau de vote").fill(BOOTH)
    page.get_by_role("button", name="Ajouter ce bureau").click()
    page.get_by_label("Signatures sur la liste d’émargement").fill("1")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_label("Enveloppe").select_option(label="Ouest")
    page.get_by_label("Bulletins dans le paquet").fill("1")
    page.get_by_role("button", name="Commencer un paquet").click()
    bundle = page.url
    number = life.west.paper.get(title=LANE).number
    life.sound(page)
    for person in (life.agent, life.boss):
        page = life.page(person, bundle)
        page.locator("#bulletin").fill(str(number))
        page.get_by_role("button", name="Suivant").click()
        expect(page.locator("#bulletin")).to_have_count(0)
    expect(page.get_by_text("Les deux saisies s’accordent")).to_be_visible()
    page.get_by_role("link", name="Retour au bureau").click()
    life.sound(page)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_text("Les bulletins de ce bureau sont avec les autres.")).to_be_visible()


def two_people_close(life) -> None:
    path = f"/agents/scrutins/{life.budget.slug}/cloture/"
    page = life.page(life.mayor, path)
    page.get_by_label("Témoins présents").fill("Mme Roux, M. Petit")
    life.sound(page)
    page.get_by_role("button", name="Demander la clôture").click()
    expect(page.get_by_role("button", name=re.compile("^Confirmer"))).to_have_count(0)
    page = life.page(life.boss, path)
    page.locator("input[name=verifie]").check()
    life.sound(page)
    page.get_by_role("button", name=re.compile("^Confirmer")).click()
    expect(page.get_by_text("la clé est détruite").first).to_be_visible()
    assert CountedBallot.objects.filter(envelope=life.west).count() == 11


def celery_counts(life) -> None:
    page = life.page(life.boss, f"{life.at}resultats/")
    life.sound(page)
    page.get_by_role("button", name="Compter les votes").click()
    expect(page.get_by_text(re.compile("compté"))).to_be_visible()
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.engagement.worker_settings",
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "TEST_SMTP_PORT": "1",
    }
    with worker(env, "count"):
        wait_for(lambda: Count.objects.filter(official=False, envelope=life.west).exists(), 60)


def everybody_reads_why(life) -> None:
    page = life.open_page(f"{life.at}resultats/", PHONE)
    life.visitor = page
    life.sound(page)
    page.get_by_role("table").first.get_by_role("link", name="Ouest").click()
    won = page.locator("li", has=page.get_by_role("link", name=LANE, exact=True))
    lost = page.locator("li", has=page.get_by_role("link", name=PITCH, exact=True))
    expect(won).to_contain_text("7 voix, en première place")
    expect(lost).to_contain_text("il manquait 190\u202f000\xa0€")
    expect(page.get_by_text("1 sur papier")).to_be_visible()
    expect(page.locator(".leaflet-container")).to_have_count(1)
    life.sound(page)


def receipt_is_published(life, receipt) -> None:
    page = life.visitor
    page.goto(f"{life.at}scrutin/")
    life.sound(page)
    page.get_by_label("Votre reçu").fill(receipt)
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_text("Ce bulletin est bien là")).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("link", name="Bulletins (CSV) Ouest").click()
    rows = list(csv.reader(got.value.path().read_text().splitlines()))
    assert sum(receipt in row for row in rows) == 1
    assert len(rows) == 1 + 11
    call_command("check_ballots", life.budget.slug, verbosity=0)


def anybody_counts_again(life, folder) -> None:
    page = life.visitor
    page.goto(f"{life.at}resultats/ouest/")
    command = page.locator(".results-command").first.inner_text()
    with page.expect_download() as got:
        page.get_by_role("link", name="Télécharger l’élection (.pb)").click()
    path = folder / got.value.suggested_filename
    got.value.save_as(path)
    said = command.split()[1:]
    assert said[1] == path.name
    out = io.StringIO()
    call_command("pb_count", str(path), *said[2:], "--json", stdout=out)
    counted = json.loads(out.getvalue())
    elected = Proposal.objects.filter(status="elected")
    assert {one.title for one in elected} == {LANE, FOUNTAIN}
    assert counted["winners"] == [life.proposal(title).reference for title in (LANE, FOUNTAIN)]


def service_builds(life) -> None:
    page = life.page(life.agent, "/agents/realisation/")
    life.sound(page)
    page.get_by_role("link", name=LANE).click()
    today = timezone.localdate().isoformat()
    form = page.get_by_role("form", name="Ajouter une étape")
    form.get_by_label("Étape").fill("Début du chantier")
    form.get_by_label(re.compile("^Prévu")).fill(today)
    form.get_by_label("Fait le").fill(today)
    form.get_by_role("button", name="Enregistrer l’étape").click()
    form = page.get_by_role("form", name="Ajouter une dépense")
    form.get_by_label("Pour quoi").fill("Acompte")
    form.get_by_label(re.compile("^Montant")).fill("60 000")
    form.get_by_label("Payé le").fill(today)
    form.get_by_role("button", name="Enregistrer la dépense").click()
    form = page.get_by_role("form", name="Ajouter une photo")
    form.locator("input[type=file]").set_input_files(
        {"name": "piste.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    form.get_by_label("Prise").select_option(label="pendant les travaux")
    form.get_by_label("Étape").select_option(label="Début du chantier")
    form.get_by_label("Ce qu’elle montre").fill("La piste, à moitié faite")
    form.get_by_role("button", name="Publier la photo").click()
    expect(page.get_by_role("img", name="La piste, à moitié faite")).to_be_visible()
    page.get_by_role("button", name="Commencer les travaux").click()
    expect(page.get_by_role("button", name="Commencer les travaux")).to_have_count(0)
    life.sound(page)


def official_signs_the_works(life) -> None:
    page = life.page(life.mayor, url_of(life.west))
    page.get_by_label("Vos mots aux habitants").fill(WORDS)
    life.sound(page)
    page.get_by_role("button", name="Je signe").click()
    expect(page.get_by_text("Rien n’a changé depuis.")).to_be_visible()


def resident_reads_how_it_went(life) -> None:
    page = life.page(life.ines, life.proposal(LANE).get_absolute_url())
    expect(page.get_by_text("Choisi par le vote").first).to_be_visible()
    life.sound(page)
    page.get_by_role("link", name="Les travaux de toute l’enveloppe").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(page.get_by_text("Signé par Hélène Corvec")).to_be_visible()
    card = page.locator("article", has=page.get_by_role("link", name=LANE))
    expect(card).to_contain_text(re.compile(r"60\s000\s€\sdépensés\ssur\s200\s000\s€\sprévus"))
    expect(page.get_by_role("img", name="La piste, à moitié faite")).to_be_visible()
    life.sound(page)
