"""Voting: who one is, the ballot paper, reading it again, the receipt. Nothing here is written into a log."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from budget.participatory.models import Envelope
from budget.voting import choices, people, polls, services, sheets
from budget.voting.models import Ballot, Cart, PaperLine
from budget.voting.polls import Poll, Voter, lines_of
from budget.voting.pseudonyms import KeyGone
from budget.voting.sections import state_of
from budget.voting.templatetags.voting import for_script
from common import ratelimit
from common.caller import address

CODES_WINDOW = 600  # seconds


def poll_or_404(slug: str, user=None) -> Poll:
    """The vote of a published budget that has one, with where that person lives. Raises Http404."""
    poll = polls.read(slug, getattr(user, "residence_id", None))
    if poll is None:
        raise Http404
    return poll


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request, slug):
    """Where one votes and how one shows who one is: an account, or the code of a letter."""
    poll = poll_or_404(slug, request.user)
    error, typed = "", ""
    if request.method == "POST":
        again = redirect("voting:vote", slug)
        if "terminer" in request.POST:
            return people.forget(again, poll.budget)
        if "honneur" in request.POST:
            return people.remember(request, again, poll.budget, honour=True)
        typed = request.POST.get("code", "")[:40]
        digest, error = _known(request, poll, typed)
        if not error:
            return people.remember(request, again, poll.budget, code=digest, honour=False)
    voter = people.voter_of(request, poll)
    by_code = voter is not None and voter.identity.startswith("code:")
    context = {"budget": poll.budget, "voter": voter, "by_code": by_code, "code_error": error, "typed": typed}
    context |= state_of(poll.budget)
    if voter:
        context |= desk_of(poll, voter)
    return render(request, "voting/vote.html", context, status=422 if error else 200)


def _known(request, poll: Poll, text: str) -> tuple[str, str]:
    """(digest of the code, what is wrong with it): one of them is empty."""
    if not poll.budget.allows("vote"):
        return "", _("The vote is not open: no ballot can be cast.")
    key = f"voting:code:{address(request)}"
    if ratelimit.amount(key, seconds=CODES_WINDOW) >= settings.VOTING_CODES_LIMIT:
        return "", _("Too many wrong codes from this connection. Try again in ten minutes.")
    try:
        code = services.known_code(poll.budget, text)
    except ValueError:
        return "", _("A code has twelve signs, like 7KQ2-MXB4-TR9C. Compare yours with the letter, sign by sign.")
    if code is None:
        ratelimit.count(key, seconds=CODES_WINDOW)
        return "", _("This code does not open this vote. Compare it with the letter, or ask the town hall.")
    return code.digest, ""


def desk_of(poll: Poll, voter: Voter) -> dict:
    """Where that person votes and what they have done there."""
    rights = poll.rights(voter)
    found = {"rights": rights, "open": poll.budget.allows("vote"), "where": []}
    if rights.refusal or not found["open"]:
        return found
    slots = {slot: poll.slot(voter, slot) for slot in set(rights.slots.values())}
    ballots = {row.pseudonym: row for row in Ballot.objects.filter(pseudonym__in=slots.values())}
    carts = {poll.cart(voter, one): one.pk for one in poll.envelopes if one.pk in rights.open}
    begun = {carts[row] for row in Cart.objects.filter(pseudonym__in=carts).values_list("pk", flat=True)}
    for one in poll.envelopes:
        if one.pk in rights.open:
            ballot = ballots.get(slots[rights.slots[one.pk]])
            voted = ballot is not None and ballot.envelope_id == one.pk
            found["where"].append(
                {
                    "envelope": one,
                    "voted": voted,
                    "elsewhere": ballot is not None and not voted,
                    "begun": one.pk in begun,
                    "one_of": one.pk in rights.one_of,
                }
            )
    found["where"].sort(key=lambda row: row["one_of"])
    return found


class Booth:
    """One person before one ballot paper."""

    def __init__(self, request, slug: str, address: str):
        self.poll = poll_or_404(slug, request.user)
        self.budget = self.poll.budget
        self.envelope: Envelope | None = next((one for one in self.poll.envelopes if one.slug == address), None)
        if self.envelope is None:
            raise Http404
        self.voter = people.voter_of(request, self.poll)
        self.limits = self.poll.limits(self.envelope)
        self.given: dict[int, int] = {}

    @cached_property
    def lines(self) -> list[PaperLine]:
        return lines_of(self.envelope)

    def slot(self) -> str:
        """Raises NotOpen, NotYours."""
        services.casting.refuse_closed(self.poll)
        return services.casting.refuse_strangers(self.poll, self.voter, self.envelope)

    def ballot(self) -> Ballot | None:
        """The ballot this person has cast for this slot, maybe in another district."""
        return Ballot.objects.filter(pseudonym=self.poll.slot(self.voter, self.slot())).first()

    def before(self) -> dict[int, int]:
        """What this person had put together here, cast or not."""
        cart = Cart.objects.filter(pseudonym=self.poll.cart(self.voter, self.envelope)).first()
        ballot = cart or self.ballot()
        if ballot is None or ballot.envelope_id != self.envelope.pk:
            return {}
        return choices.read(self.envelope.ballot, ballot.choices)

    def keep(self) -> None:
        text = choices.written(self.envelope.ballot, sheets.known(self.given, self.lines))
        services.keep_cart(poll=self.poll, voter=self.voter, envelope=self.envelope, choices=text)

    def context(self, **more) -> dict:
        return {
            "budget": self.budget,
            "envelope": self.envelope,
            "limits": self.limits,
            "tally": sheets.tally(self.limits, sheets.known(self.given, self.lines)),
            "rows": sheets.rows(self.envelope, self.lines, self.given),
            "chosen": sheets.chosen_rows(self.envelope, self.lines, self.given),
            "grades": sheets.GRADE_CHOICES,
            "has_places": any(line.proposal.point for line in self.lines),
            "words": for_script(),
            **more,
        }


def stepped_in(view):
    """The view is given a `Booth`; who may not be in it is told why, and shown what they chose."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def inner(request, slug, envelope):
        booth = Booth(request, slug, envelope)
        if booth.voter is None:
            return redirect("voting:vote", slug)
        try:
            booth.slot()
            return people.remember(request, view(request, booth), booth.budget)
        except (services.NotOpen, services.NotYours, KeyGone) as refused:
            if request.method == "POST":
                booth.given = booth.given or _sent(booth, request)
            context = booth.context(refused=str(refused) or _("The vote is closed."))
            return render(request, "voting/refused.html", context, status=409)

    return inner


def _sent(booth: Booth, request) -> dict[int, int]:
    """What a form of either page holds, as far as it can be read."""
    try:
        given = choices.read(booth.envelope.ballot, request.POST["choix"])
    except (KeyError, ValueError):
        given, _wrong = sheets.filled(booth.envelope.ballot, booth.lines, request.POST)
    return sheets.known(given, booth.lines)


@stepped_in
def ballot(request, booth: Booth):
    """The ballot paper. Sent, it is kept and read again; `garder` keeps it without a word."""
    if request.method != "POST":
        booth.given = booth.before()
        ballot = booth.ballot()
        context = booth.context(
            voted=ballot is not None and ballot.envelope_id == booth.envelope.pk,
            elsewhere=ballot is not None and ballot.envelope_id != booth.envelope.pk,
        )
        return render(request, "voting/ballot.html", context)
    booth.given, wrong = sheets.filled(booth.envelope.ballot, booth.lines, request.POST)
    booth.keep()
    if "garder" in request.POST:
        return HttpResponse(status=204)
    if wrong := wrong or choices.mistakes(booth.limits, booth.given):
        return render(request, "voting/ballot.html", booth.context(mistakes=wrong), status=422)
    return redirect("voting:review", booth.budget.slug, booth.envelope.slug)


@stepped_in
def review(request, booth: Booth):
    """What the ballot says, once more; sent, it is cast."""
    if request.method != "POST":
        booth.given = booth.before()
        if choices.mistakes(booth.limits, booth.given):
            return redirect("voting:ballot", booth.budget.slug, booth.envelope.slug)
        ballot = booth.ballot()
        context = booth.context(
            text=choices.written(booth.envelope.ballot, booth.given),
            again=ballot is not None,
            elsewhere=ballot is not None and ballot.envelope_id != booth.envelope.pk,
        )
        return render(request, "voting/review.html", context)
    try:
        booth.given = choices.read(booth.envelope.ballot, request.POST.get("choix", "?"))
        services.cast(poll=booth.poll, voter=booth.voter, envelope=booth.envelope, given=booth.given)
    except services.Wrong as wrong:
        return render(request, "voting/ballot.html", booth.context(mistakes=wrong.mistakes), status=422)
    except services.VoteError:
        raise
    except ValueError:
        booth.given = booth.before()
        said = [_("This form was changed on its way: read your ballot again.")]
        return render(request, "voting/ballot.html", booth.context(mistakes=said), status=422)
    return redirect("voting:receipt", booth.budget.slug, booth.envelope.slug)


@stepped_in
def receipt(request, booth: Booth):
    """The receipt of the ballot, while the vote is open: afterwards nothing leads to it any more."""
    ballot = booth.ballot()
    if ballot is None or ballot.envelope_id != booth.envelope.pk:
        return redirect("voting:vote", booth.budget.slug)
    booth.given = choices.read(booth.envelope.ballot, ballot.choices)
    others = desk_of(booth.poll, booth.voter)["where"]
    left = [one for one in others if not one["voted"] and not one["elsewhere"]]
    context = booth.context(ballot=ballot, left=left, by_code=booth.voter.identity.startswith("code:"))
    return render(request, "voting/receipt.html", context)
