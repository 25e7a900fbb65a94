"""Who stands before the vote: an account, or the holder of a code.

How somebody came in stands in a cookie of their browser alone, sealed, until the browser is closed or has rested for
half an hour. On the server it would say who was there, when, and with which letter.
"""

import json
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from budget.participatory.models import Budget
from budget.voting.eligibility import ACCOUNT, CODE, DESK, Facts
from budget.voting.models import VotingCode
from budget.voting.polls import Poll, Voter
from common import opaque
from geo.models import Territory

COOKIE, USE = "vote", "budget.voting.people"
REST = 30 * 60  # seconds
UPWARDS = ("pk", "parent", "parent__parent", "parent__parent__parent", "parent__parent__parent__parent")


def voter_of(request: HttpRequest, poll: Poll) -> Voter | None:
    """The voter, or None where nobody has said who they are. A code goes before the account it was typed under."""
    budget = poll.budget
    kept = remembered(request, budget)
    honour = bool(kept.get("honour"))
    if digest := kept.get("code"):
        codes = VotingCode.objects.filter(digest=digest, batch__budget=budget, batch__revoked_at=None)
        if code := codes.select_related("batch").first():
            way = DESK if code.batch.desk else CODE
            return Voter(f"code:{code.pk}", Facts(way, 0, places(code.batch.territory_id), honour))
    if not request.user.is_authenticated:
        return None
    user = request.user
    return Voter(f"account:{user.pk}", Facts(ACCOUNT, user.verification, poll.home, honour))


def places(territory: int | None) -> tuple[int, ...]:
    """Ids of a territory and those around it, from the smallest up; empty where it is not known."""
    if territory is None:
        return ()
    found = Territory.objects.filter(pk=territory).values_list(*UPWARDS).first() or ()
    return tuple(one for one in found if one)


def remembered(request: HttpRequest, budget: Budget) -> dict:
    """What `remember` kept in this browser; nothing once somebody else has signed in or out, or it has rested."""
    try:
        kept = json.loads(opaque.opened(USE, request.COOKIES.get(COOKIE, "")))
    except ValueError:
        return {}
    same = kept["budget"] == budget.pk and kept["user"] == request.user.pk
    return kept if same and time.time() - kept["at"] < REST else {}


def remember(request: HttpRequest, response: HttpResponse, budget: Budget, **facts) -> HttpResponse:
    """Keep in this browser how somebody came in (`code`, `honour`), or, without facts, that they are still here."""
    kept = remembered(request, budget) | facts
    if kept:
        kept |= {"budget": budget.pk, "user": request.user.pk, "at": int(time.time())}
        response.set_cookie(
            COOKIE,
            opaque.sealed(USE, json.dumps(kept)),
            path=reverse("voting:vote", args=[budget.slug]),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def forget(response: HttpResponse, budget: Budget) -> HttpResponse:
    """The next person at this screen begins anew."""
    response.delete_cookie(COOKIE, path=reverse("voting:vote", args=[budget.slug]), samesite="Lax")
    return response
