"""What can be reported, and where: discovery, the list of services, the questions of one."""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from alerts.models import Category, Question
from alerts.open311.calls import Call, Refused, endpoint
from alerts.open311.formats import CONTENT_TYPES, to_json

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
KEPT = 60  # seconds


def services():
    """The categories a report can be sent for by another system: neither those that send people elsewhere, nor those
    for which a person must have signed in here."""
    return (
        Category.objects.offered()
        .filter(is_stopper=False)
        .exclude(identity=Category.Identity.ACCOUNT)
        .annotate(asks=Exists(Question.objects.filter(category=OuterRef("pk"))))
        .select_related("parent", "competence__parent")
        .order_by("parent__position", "position", "name")
    )


def service(code: str) -> Category:
    """One of them. Raises Refused."""
    found = services().filter(code=code).first() if code else None
    if found is None:
        raise Refused(404, _("There is no service_code “%(code)s”.") % {"code": code[:60]})
    return found


def _kept(response):
    patch_cache_control(response, public=True, max_age=KEPT)
    return response


@endpoint("GET")
def discovery(call: Call):
    """Where this interface is and how to get a key."""
    since = changeset()
    keys = call.request.build_absolute_uri(reverse("account_keys"))
    place = {
        "specification": SPECIFICATION,
        "url": call.request.build_absolute_uri(reverse("open311:root")).rstrip("/"),
        "changeset": since,
        "type": "test" if settings.DEVELOPMENT else "production",
        "formats": [kind.partition(";")[0] for kind in CONTENT_TYPES.values()],
    }
    contact = settings.OPEN311_CONTACT or f"{settings.SITE_NAME}, {call.request.build_absolute_uri('/')}"
    how = _("Ask the town hall for a mandate, then make a key in your account: %(url)s") % {"url": keys}
    document = {"changeset": since, "contact": contact, "key_service": how, "endpoints": [place]}
    return _kept(call.answer("discovery", document))


def changeset() -> str:
    """When services and questions were first seen as they are now: it changes when clients must read them anew."""
    shown = [*map(_service, services()), *map(_attribute, Question.objects.order_by("category", "position", "pk"))]
    digest = hashlib.sha256(to_json(shown).encode()).hexdigest()
    now = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return cache.get_or_set(f"open311:changeset:{digest}", now, timeout=None)


@endpoint("GET")
def service_list(call: Call):
    """Everything that can be reported."""
    return _kept(call.answer("services", [_service(category) for category in services()]))


def _service(category: Category) -> dict:
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": category.description,
        "metadata": category.asks,
        "type": "realtime",
        "keywords": ", ".join(filter(None, (word.strip() for word in category.keywords.split(",")))),
        "group": category.parent.name if category.parent else "",
    }


@endpoint("GET")
def service_definition(call: Call, code: str):
    """The questions of one service."""
    found = service(code)
    attributes = [_attribute(question, order) for order, question in enumerate(found.questions.all(), 1)]
    return _kept(call.answer("service_definition", {"service_code": found.code, "attributes": attributes}))


def _attribute(question: Question, order: int = 0) -> dict:
    asked = {
        "variable": True,
        "code": question.code,
        "datatype": question.type,
        "required": question.required,
        "datatype_description": question.help,
        "order": order,
        "description": question.label,
    }
    if question.choices:
        asked["values"] = [{"key": one["key"], "name": one["name"]} for one in question.choices]
    return asked
