"""Who may open which page, in one table: what is not in it is refused to strangers and to plain residents."""

import pytest
from django.core.cache import cache
from django.urls import URLResolver, get_resolver, reverse

from accounts import demo
from alerts import services as alerts
from engagement.activity import services as activity
from engagement.activity.follows import circle, unsubscribe_all_token
from frontend.report.monthly import stop_token
from geo.models import Export, Import
from tests.budget.edition import make_budget
from tests.budget.proposals.helpers import make_budget as make_ideas
from tests.budget.proposals.helpers import propose

pytestmark = pytest.mark.django_db

# Anybody, without an account.
PUBLIC = {
    "healthz",
    "proof",
    "account_confirm",
    "api:openapi-json",
    "api:api-root",
    "api:territories_at_point",
    "api:route",
    "api:search_addresses",
    "api:address_of_point",
    "set_language",
    "account_login",
    "account_request_login_code",
    "account_inactive",
    "activity:unsubscribe",
    "activity:unsubscribe_all",
    "activity:feed_all",
    "activity:feed_all_geojson",
    "activity:feed_followed",
    "activity:feed_followed_geojson",
    "activity:feed",
    "discussion:write",
    "discussion:thread",
    "discussion:versions",
    "discussion:silence",
    "alerts:report",
    "alerts:photo_upload",
    "alerts:route_preview",
    "alerts:report_all_questions",
    "alerts:report_questions",
    "alerts:report_nearby",
    "alerts:report_equipment",
    "alerts:mailed",
    "alerts:support",
    "alerts:leave",
    "alerts:photo",
    "alerts:detail",
    "alerts:tracking",
    "alerts:record",
    "alerts:record_csv",
    "alerts:record_months",
    "alerts:verdict",
    "voting:vote",
    "voting:ballot",
    "voting:review",
    "voting:receipt",
    "voting:proof",
    "voting:chain",
    "voting:ballots",
    "voting:ballots_json",
    "voting:verifier",
    "participatory:budgets",
    "participatory:budget",
    "participatory:envelope",
    "proposals:list",
    "proposals:detail",
    "results:budget",
    "results:envelope",
    "results:pb",
    "delivery:budget",
    "delivery:csv",
    "delivery:envelope",
    "delivery:photo",
    "proposals:photo",
    # They ask for a key, not for a session: tests/alerts/open311.
    "open311:root",
    "open311:discovery",
    "open311:services",
    "open311:service",
    "open311:requests",
    "open311:request",
    "open311:token",
    "open311:updates",
    "open311:unknown",
    "open311:unknown_format",
    "geo:ogc",
    "geo:ogc_api",
    "geo:ogc_conformance",
    "geo:ogc_collections",
    "geo:ogc_collection",
    "geo:ogc_queryables",
    "geo:ogc_items",
    "geo:ogc_item",
    "geo:ogc_unknown",
    "geo:catalogue",
    "geo:snapshot",
    "geo:snapshot_of",
    "geo:qgis",
    "geo:qgis_project",
    "geo:qgis_features",
    "geo:qgis_tiles",
    "geo:tiles",
    "geo:tiles_style",
    "geo:tiles_json",
    "geo:tile",
    "geo:plan",
    "geo:viewport",
    "geo:assets",
    "geo:export",
    "geo:exports",
    "geo:export_job",
    "geo:export_file",
    "geo:export_layer",
    "geo:export_qml",
    "geo:export_sld",
    "frontend:favicon",
    "frontend:home",
    "frontend:map_config",
    "frontend:layer_list",
    "frontend:territories",
    "frontend:territory",
    "frontend:outlines",
    "frontend:data",
    "frontend:page",
    "frontend:robots",
    "frontend:manifest",
    "frontend:worker",
    "frontend:session",
    "frontend:drafts",
    "frontend:offline",
    "frontend:offline_words",
    "frontend:report_stop",
    # In development only.
    "frontend:styleguide",
    "devmail",
    "devmail_message",
    "devmail_file",
}
# Anybody who has signed in, for what is their own.
RESIDENT = {
    "evaluation:answer",
    "account_home",
    "alerts:mine",
    "account_keys",
    "account_key_revoke",
    "account_export",
    "account_close",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "proposals:propose",
    "proposals:propose_envelope",
    "proposals:propose_similar",
    "proposals:photo_upload",
    "proposals:support",
    "activity:follow",
    "activity:unfollow",
    "activity:new",
    "activity:news",
    "activity:edit",
    "activity:pause",
    "activity:rhythm",
    "activity:address",
    "discussion:support",
    "discussion:reply",
    "discussion:edit",
    "discussion:withdraw",
    "discussion:flag",
    "discussion:mails",
    "discussion:withdraw_all",
}
# Steps of a sign-in that has begun: anybody else is sent to its start, signed in or not.
SIGNING_IN = {"account_confirm_login_code", "account_email_verification_sent", "mfa_authenticate"}
# Show nothing: they only send on.
SENDING_ON = {"account_signup", "account_logout", "account_reauthenticate"}
# Not there at all, but in the demo.
DEMO = {"account_demo"}


def views(resolver=None, namespaces=()):
    """(name, names of its parameters) of each URL; the admin site has rules of its own, tested below."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
                yield from views(pattern, inner)
        else:
            name = pattern.name or f"{pattern.callback.__module__}.{pattern.callback.__qualname__}"
            yield ":".join((*namespaces, name)), sorted(pattern.pattern.converters | pattern.pattern.regex.groupindex)


VIEWS = dict(views())
REFUSALS = (401, 403)
# Rooms whose addresses begin with a budget's.
BUDGET = ("participatory", "proposals", "evaluation", "voting", "results", "delivery")


@pytest.fixture
def address(town):
    """The address of a view about things that are really there, so that a refusal is not a mere 404."""
    resident = town.person("voisine@example.org")
    alert = alerts.report(category=town.street_light, point=town.IN_WEST, description="Éteint.")
    follow = activity.follow(user=resident, object_type="alert", object_key=alert.pk, title="x", url="/")
    somebody = demo.create(email=f"x{demo.DOMAIN}", display_name="X")
    samples = {
        "number": 0,
        "level": "commune",
        "code": "T1001",
        "reference": alert.reference,
        "token": alert.tracking_token,
        "name": "alerts",
        "file_format": "geojson",
        "fmt": "xml",
        "rest": "x",
        "rank": 1,
        "day": 20260101,
        "kind": "lampadaire",
        "pk": somebody.pk,
        "slug": "confidentialite",
        "language": "fr",
        "act": "essai",
        "indicator": "reported",
        "envelope": "x",
    }
    drawn = {"object_type": "area", "object_key": "1", "area": circle(town.IN_WEST, 300)}
    export = Export.objects.create(layers=["alerts"], format="gpkg", srid=4326, digest="x")
    area = activity.follow(user=resident, title="x", url="/", **drawn)
    brought = Import.objects.create(
        owner=town.person("sig@ville.example", "gis"), name="q.gpkg", size=1, language="fr"
    )
    budget = make_budget(town)
    proposal = propose(make_ideas(town), town.person("inventeur@example.org"))
    ideas = {"slug": proposal.budget.slug, "reference": proposal.reference}
    special = {
        **{
            name: {"slug": budget.slug, "envelope": budget.envelopes.first().slug}
            for name in VIEWS
            if name.partition(":")[0] in BUDGET
        },
        **{name: ideas for name in VIEWS if name.startswith("proposals:")},
        **{name: {"pk": brought.pk} for name in VIEWS if name.startswith("geo:import") and VIEWS[name]},
        "geo:ogc_item": {"key": alert.reference},
        "geo:export_job": {"token": export.token},
        "geo:export_file": {"token": export.token},
        "geo:tile": {"z": "2", "x": "2", "y": "1"},
        "activity:unsubscribe": {"token": activity.unsubscribe_token(follow)},
        "frontend:report_stop": {"token": stop_token(resident)},
        "activity:unsubscribe_all": {"token": unsubscribe_all_token(resident.pk)},
        "activity:feed_followed": {"token": area.token},
        "activity:feed_followed_geojson": {"token": area.token},
    }
    cache.clear()
    return lambda name: reverse(name, kwargs={key: (samples | special.get(name, {}))[key] for key in VIEWS[name]})


def refused(client, path) -> bool:
    """Whether that client is kept out, by GET and by POST."""
    return all(keeps_out(answer) for answer in (client.get(path), client.post(path)))


def keeps_out(answer) -> bool:
    if answer.status_code == 302:
        return answer.url.startswith(reverse("account_login"))
    return answer.status_code in REFUSALS or answer.status_code == 405


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_strangers_open_what_is_public_and_nothing_else(client, address, name):
    path = address(name)
    if name in DEMO:
        assert client.post(path).status_code == 404
    elif name in SENDING_ON:
        assert client.get(path).status_code == 302
    elif name in PUBLIC:
        assert not keeps_out(client.get(path)) or client.get(path).status_code == 405
    else:
        assert refused(client, path)


@pytest.mark.parametrize("name", sorted(set(VIEWS) - PUBLIC - RESIDENT - SIGNING_IN - SENDING_ON - DEMO))
def test_what_is_not_declared_is_refused_to_a_plain_resident(client, town, address, name):
    client.force_login(town.person("resident@example.org"))
    path = address(name)
    assert client.get(path).status_code in (*REFUSALS, 405)
    assert client.post(path).status_code in (*REFUSALS, 405)


@pytest.mark.parametrize("role", [None, "agent", "administrator"])
def test_the_administration_site_is_for_staff_and_who_administers_the_town(client, town, role):
    body = town.light_service if role == "agent" else None
    client.force_login(town.person("quelquun@example.org", role, body=body, territory=town.west))
    for path in ("/admin/", "/admin/accounts/user/", "/admin/geo/territory/"):
        assert client.get(path, follow=True).status_code == 403
