"""What can be reported in the demo city, who gets it, and what is usually answered."""

import datetime as dt

from django.utils.text import slugify

from alerts.demo.texts import KINDS
from alerts.demo.words import TEMPLATES
from alerts.models import Category, Question, ResponseTemplate, RoutingRule
from geo.models import Body, Competence, Jurisdiction, Territory

ON_CALL = "astreinte"
# Over midnight.
NIGHT = (dt.time(20), dt.time(7))
WEEKEND = [6, 7, 8]
# The quartier whose gardeners also look after the banks of the river.
BANKS = "XA001-02"


def seed() -> dict[str, Category]:
    """Write categories, questions, rules and templates; returns the categories that can be chosen, by code."""
    categories = _categories()
    ResponseTemplate.objects.bulk_create(
        ResponseTemplate(title=title, transition=act, category=categories.get(code), text=text, position=position)
        for position, (title, act, code, text) in enumerate(TEMPLATES)
    )
    if town := Territory.objects.filter(code="XA001").first():
        _rules(categories, town, {body.slug: body for body in Body.objects.all()})
    return categories


def _categories() -> dict[str, Category]:
    competences = {one.code: one for one in Competence.objects.select_related("parent")}
    headings = {
        name: Category.objects.create(code=f"theme-{slugify(name)}", name=name, position=position)
        for position, name in enumerate(dict.fromkeys(kind.group for kind in KINDS))
    }
    categories = {
        kind.code: Category.objects.create(
            code=kind.code,
            name=kind.name,
            parent=headings[kind.group],
            icon=kind.icon,
            description=kind.help,
            keywords=kind.keywords,
            competence=competences.get(kind.competence),
            position=position,
            **kind.fields,
        )
        for position, kind in enumerate(KINDS)
    }
    Question.objects.bulk_create(
        Question(
            category=categories[kind.code],
            code=ask.code,
            label=ask.label,
            help=ask.help,
            type=ask.type,
            required=ask.required,
            choices=[{"key": key, "name": name} for key, name in ask.choices],
            position=position,
        )
        for kind in KINDS
        for position, ask in enumerate(kind.questions)
    )
    return categories


def _rules(categories: dict[str, Category], town: Territory, bodies: dict[str, Body]) -> None:
    """Nights, weekends and the river's banks have rules of their own; traffic lights are of two services."""
    on_call = Body.objects.create(
        slug=ON_CALL, name="Astreinte de la Ville", territory=town, email=f"{ON_CALL}@demo.parvis.example"
    )
    danger = RoutingRule.objects.create(
        name="Fils électriques visibles, la nuit",
        category=categories["lampadaire"],
        answers={"fils": ["oui"]},
        from_time=NIGHT[0],
        until_time=NIGHT[1],
        body=on_call,
        position=0,
    )
    danger.also.add(bodies["eclairage-public"])
    leak = RoutingRule.objects.create(
        name="Fuites le week-end et les jours fériés",
        category=categories["fuite"],
        weekdays=WEEKEND,
        body=on_call,
        position=1,
    )
    leak.also.add(bodies["eau"])
    banks = RoutingRule.objects.create(
        name="Dépôts au bord de l'eau",
        category=categories["depot-sauvage"],
        territory=Territory.objects.get(code=BANKS),
        body=bodies["parcs-et-jardins"],
        position=2,
    )
    banks.also.add(bodies["proprete"])
    Jurisdiction.objects.create(
        body=bodies["eclairage-public"],
        competence=Competence.objects.get(code="signalisation"),
        territory=town,
        source="Convention interne : l'alimentation des feux est à l'éclairage public",
    )
