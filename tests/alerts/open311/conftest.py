"""Keys of people with mandates, and a category that asks questions."""

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from accounts import keys
from accounts.models import Role
from alerts import services
from alerts.models import Alert, Category, Question

BASE = "/open311/v2"


def key_of(user) -> str:
    """The text of a new key that acts by the person's only mandate."""
    return keys.issue(user=user, mandate=user.mandates.get(), label="essai", scope="open311")[1]


def xml(answer) -> ElementTree.Element:
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ElementTree.fromstring(answer.content)


def refusal(answer) -> list[tuple[int, str]]:
    """(code, description) of each error, checked to be the same as the status."""
    if answer.headers["Content-Type"] == "application/json":
        found = [(one["code"], one["description"]) for one in answer.json()]
    else:
        root = xml(answer)
        assert root.tag == "errors"
        found = [(int(one.findtext("code")), one.findtext("description")) for one in root.iter("error")]
    assert found
    assert all(code == answer.status_code and text for code, text in found)
    return found


@pytest.fixture
def key(town) -> str:
    """That of the platform's partner: an administrator of the commune."""
    return key_of(town.person("partenaire@ville.example", Role.ADMINISTRATOR))


@pytest.fixture
def asking(town) -> Category:
    """A category inside a heading, with a question of each kind that Open311 has."""
    heading = Category.objects.create(code="voirie", name="Voirie et trottoirs")
    category = town.pothole
    category.parent, category.keywords, category.notice = heading, "trou, nid de poule,,ornière ", "En danger, le 112."
    category.save()
    sizes = [{"key": "petit", "name": "Petit"}, {"key": "grand", "name": "Grand & profond"}]
    kinds = [
        ("taille", "singlevaluelist", True, sizes),
        ("cotes", "multivaluelist", False, [{"key": "g", "name": "Gauche"}, {"key": "d", "name": "Droite"}]),
        ("depuis", "datetime", False, []),
        ("largeur", "number", False, []),
        ("precision", "string", False, []),
        ("recit", "text", False, []),
    ]
    for position, (code, kind, required, choices) in enumerate(kinds):
        Question.objects.create(
            category=category,
            code=code,
            label=f"Question {code} ?",
            help="Aide <b>",
            type=kind,
            required=required,
            choices=choices,
            position=position,
        )
    return category


def report(town, **given) -> Alert:
    """An alert of the town, a street light in the west where nothing else is said; `ago` days old."""
    ago = given.pop("ago", None)
    fields = {"category": town.street_light, "point": town.IN_WEST, "description": "Éteint.", "contact_email": ""}
    alert = services.report(**(fields | given))
    if ago is not None:
        moment = timezone.now() - dt.timedelta(days=ago)
        Alert.objects.filter(pk=alert.pk).update(created_at=moment, updated_at=moment)
        alert.refresh_from_db()
    return alert
