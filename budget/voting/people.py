"""Who stands before the vote: an account, or the holder of a code, as the session of this browser says."""

from django.http import HttpRequest

from budget.participatory.models import Budget
from budget.voting.eligibility import ACCOUNT, CODE, DESK, Facts
from budget.voting.models import VotingCode
from budget.voting.polls import Poll, Voter
from geo.models import Territory

SESSION = "votes"
UPWARDS = ("pk", "parent", "parent__parent", "parent__parent__parent", "parent__parent__parent__parent")


def voter_of(request: HttpRequest, poll: Poll) -> Voter | None:
    """The voter, or None where nobody has said who they are. A code goes before the account."""
    budget = poll.budget
    kept = request.session.get(SESSION, {}).get(budget.slug, {})
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


def remember(request: HttpRequest, budget: Budget, **facts) -> None:
    """Keep in the session of this browser how somebody came in."""
    kept = request.session.setdefault(SESSION, {})
    kept[budget.slug] = kept.get(budget.slug, {}) | facts
    request.session.modified = True


def forget(request: HttpRequest, budget: Budget) -> None:
    """The next person at this screen begins anew."""
    if request.session.get(SESSION, {}).pop(budget.slug, None) is not None:
        request.session.modified = True
