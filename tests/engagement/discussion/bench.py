"""A bench in a park to discuss, and the page it stands on."""

from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path

from engagement.discussion import services
from engagement.discussion.subjects import Subject, register_subject

TYPE = "test_bench"
PAGE = Template(
    """{% extends "base.html" %}{% load static discussion %}
    {% block title %}Un banc{% endblock title %}
    {% block head %}<link rel="stylesheet" href="{% static 'discussion/css/discussion.css' %}">{% endblock head %}
    {% block main %}<h1>Un banc au square</h1>{% discussion "test_bench" key %}{% endblock main %}"""
)
# What the subject says of itself; a test changes it.
state: dict = {}


def resolve(viewer, key):
    return Subject(**state) if key == "1" and state else None


def begin(town, **changes) -> None:
    """A discussion in the west of the town, open to all."""
    state.clear()
    state.update(
        title="Un banc au square",
        url="/essai/1/",
        territories=(town.west.pk, town.commune.pk),
        place=town.IN_WEST,
        **changes,
    )


def say(author, text="Bonne idée.", stance="for", **more):
    return services.write(author=author, subject_type=TYPE, subject_key="1", text=text, stance=stance, **more)


def plain(text: str) -> str:
    """With ordinary spaces in place of the no-break ones of French."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


def read(answer) -> str:
    """What an answer says."""
    return plain(answer.content.decode())


def page(request, key):
    return HttpResponse(PAGE.render(RequestContext(request, {"key": key})))


register_subject(TYPE, resolve)
urlpatterns = [path("essai/<int:key>/", page), path("", include("config.urls"))]
