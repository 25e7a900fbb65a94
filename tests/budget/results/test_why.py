"""Why a project won or lost, in words a resident checks against the table."""

import pytest

from budget.results import services
from budget.results.models import CountOrder
from budget.results.outcome import Outcome
from tests.budget.results.voted import finished, west_of

pytestmark = pytest.mark.django_db


def words(town, **fields) -> dict[str, str]:
    envelope = west_of(finished(town, **fields))
    CountOrder.objects.create(envelope=envelope)
    made = services.count_official(envelope_id=envelope.pk)
    return {line.proposal.title: line.why.replace("\u202f", " ").replace("\xa0", " ") for line in Outcome(made).lines}


def test_most_votes_first(town):
    said = words(town)
    assert said["Bancs"] == "Avec 45 voix, en première place : il coûtait 10 000 €, il restait 100 000 €."
    assert said["Piste cyclable"] == (
        "Il a obtenu 30 voix ; quand son tour est venu, il restait 50 000 € et il coûtait 60 000 € : "
        "il manquait 10 000 €."
    )
    assert said["Fontaine"] == "Avec 20 voix, en 4e place : il coûtait 30 000 €, il restait 50 000 €."


def test_equals_and_what_decided(town):
    said = words(town, ballots={"1,2": 10, "3": 5, "4": 5})
    assert said["Bancs"].endswith("Il était à égalité avec « Aire de jeux » ; le moins cher est passé d’abord.")


def test_the_count_that_stops_and_the_least_number_of_votes(town):
    assert words(town, rule="greedy-no-skip")["Fontaine"] == (
        "Il a obtenu 20 voix. Selon cette règle, le décompte s’arrête au premier projet qui ne tient plus ; celui-ci "
        "venait après."
    )
    said = words(town, rule="greedy-threshold", threshold=25, slug="seuil")
    assert (
        said["Fontaine"] == "Il a obtenu 20 voix : il lui en manquait 5 pour atteindre le minimum prévu par la règle."
    )


def test_equal_shares(town):
    said = words(town, rule="equal-shares")
    assert said["Bancs"] == (
        "Choisi en première place avec 45 voix : les personnes qui l’ont choisi ont payé ensemble ses 10 000 €, "
        "au plus 222,22 € chacune, sur les 1 176,47 € dont chaque personne disposait."
    )
    assert said["Piste cyclable"].startswith("Il a obtenu 30 voix. Chaque personne disposait de 1 176,47 €")


def test_phragmen_points_and_grades(town):
    assert "avec 45 voix" in words(town, rule="phragmen")["Bancs"]
    points = words(town, ballot="points", ballots={"1:3,2:2": 20, "3:5": 10}, slug="points")
    assert points["Aire de jeux"].startswith("Avec 60 points de 20 personnes, en première place")
    grades = words(town, ballot="grades", rule="majority-judgment", ballots={"1:4,2:3": 20, "1:3": 1}, slug="mentions")
    assert grades["Aire de jeux"].startswith("Avec la mention majoritaire « excellent »")
