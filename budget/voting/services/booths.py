"""Paper ballots: typed twice by different people, compared, settled, reconciled with the roll."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from budget.participatory.models import Budget, Envelope
from budget.voting import choices
from budget.voting.models import Booth, Bundle, Closing, PaperEntry, Typing
from budget.voting.polls import limits, lines_of
from budget.voting.services.casting import VoteError, Wrong, add_paper_ballots

MOST_IN_BUNDLE = 500


@transaction.atomic
def add_booth(*, budget: Budget, name: str) -> Booth:
    """Raises VoteError where the name is taken or the vote is closed."""
    _refuse_closed(budget)
    booth, made = Booth.objects.get_or_create(budget=budget, name=name)
    if not made:
        raise VoteError(_("There is a booth of this name already."))
    return booth


@transaction.atomic
def set_signatures(*, booth: Booth, signatures: int) -> None:
    """How many people signed the roll. Raises VoteError once the booth is accepted."""
    booth = _open(booth)
    booth.signatures = signatures
    booth.save(update_fields=["signatures"])


@transaction.atomic
def add_bundle(*, booth: Booth, envelope: Envelope, size: int) -> Bundle:
    """The next bundle of an envelope with so many ballots. Raises VoteError."""
    booth = _open(booth)
    if not booth.budget.has_begun("voting"):
        raise VoteError(_("The vote has not begun: there is no paper ballot yet."))
    if envelope.budget_id != booth.budget_id or not lines_of(envelope):
        raise VoteError(_("There is no ballot paper for this envelope."))
    if not 0 < size <= MOST_IN_BUNDLE:
        raise VoteError(_("A bundle holds between 1 and %(most)s ballots.") % {"most": MOST_IN_BUNDLE})
    last = booth.bundles.filter(envelope=envelope).aggregate(last=Max("number"))["last"] or 0
    return Bundle.objects.create(booth=booth, envelope=envelope, number=last + 1, size=size)


@dataclass(frozen=True)
class Line:
    """What one paper ballot says: `text` as budget.voting.choices writes it, or spoiled."""

    text: str
    spoiled: bool


def understood(envelope: Envelope, typed: str) -> Line:
    """What an agent typed of one ballot: "3 7 12", "3:5 7:2", "b" blank, "n" spoiled.

    Raises Wrong, also where the ballot says what the paper does not allow: that is a spoiled one, to be typed as such.
    """
    bare = typed.strip().lower()
    if bare in ("n", "nul", "x"):
        return Line("", True)
    if bare in ("b", "blanc", "0"):
        return Line("", False)
    parts = [part for part in bare.replace(",", " ").replace(";", " ").replace("=", ":").split() if part]
    kind = envelope.ballot
    if kind not in (*choices.VALUED, choices.RANKING):
        parts = sorted(parts, key=lambda part: (len(part), part))
    elif kind in choices.VALUED:
        parts = sorted(parts, key=lambda part: (len(part.partition(":")[0]), part))
    try:
        given = choices.read(kind, ",".join(parts))
        if not given:
            raise ValueError("nothing was typed")
    except ValueError:
        said = _("Type the numbers of the projects, “b” for a blank ballot or “n” for a spoiled one.")
        if kind in choices.VALUED:
            said = _("Type number:value for each project, “b” for a blank ballot or “n” for a spoiled one.")
        raise Wrong([said]) from None
    if wrong := choices.mistakes(limits(envelope, lines_of(envelope)), given):
        raise Wrong([*wrong, _("If the ballot really says so it is spoiled: type “n”.")])
    return Line(choices.written(kind, given), False)


@transaction.atomic
def type_ballot(*, bundle: Bundle, user: User, position: int, typed: str) -> PaperEntry:
    """What this person reads on one ballot of a bundle; again until both typings are whole.

    The first two people who type a bundle are its typists. Raises VoteError for a third, Wrong for what makes no
    ballot.
    """
    bundle = Bundle.objects.select_for_update().select_related("envelope__budget", "booth__budget").get(pk=bundle.pk)
    _open(bundle.booth)
    if not 1 <= position <= bundle.size:
        raise VoteError(_("This bundle has no ballot of that number."))
    typing = turn_of(bundle, user)
    if state(bundle).compared:
        raise VoteError(_("Both typings are whole: what differs is settled now."))
    line = understood(bundle.envelope, typed)
    return _write(typing, position, line)


def turn_of(bundle: Bundle, user: User) -> Typing:
    """This person's typing of the bundle, begun where one is still free. Raises VoteError."""
    taken = {typing.turn: typing for typing in bundle.typings.exclude(turn=Typing.Turn.SETTLED)}
    for typing in taken.values():
        if typing.typist_id == user.pk:
            return typing
    for turn in (Typing.Turn.FIRST, Typing.Turn.SECOND):
        if turn not in taken:
            return Typing.objects.create(bundle=bundle, turn=turn, typist=user)
    raise VoteError(_("Two people type this bundle already."))


@transaction.atomic
def settle(*, bundle: Bundle, user: User, position: int, typed: str) -> PaperEntry:
    """What a ballot says whose two typings differ, read again. Raises VoteError, Wrong."""
    bundle = Bundle.objects.select_for_update().select_related("envelope__budget", "booth__budget").get(pk=bundle.pk)
    _open(bundle.booth)
    found = state(bundle)
    if not found.compared or position not in found.different:
        raise VoteError(_("The two typings of this ballot do not differ."))
    line = understood(bundle.envelope, typed)
    typing, _made = Typing.objects.update_or_create(bundle=bundle, turn=Typing.Turn.SETTLED, defaults={"typist": user})
    return _write(typing, position, line)


def _write(typing: Typing, position: int, line: Line) -> PaperEntry:
    return PaperEntry.objects.update_or_create(
        typing=typing, position=position, defaults={"choices": line.text, "spoiled": line.spoiled}
    )[0]


@dataclass(frozen=True)
class State:
    """How far a bundle is: its typings, whether both are whole, positions that differ, those not settled yet."""

    size: int
    typed: dict[int, dict[int, Line]]

    @property
    def first_done(self) -> int:
        return len(self.typed.get(1, ()))

    @property
    def second_done(self) -> int:
        return len(self.typed.get(2, ()))

    @property
    def compared(self) -> bool:
        return self.first_done == self.second_done == self.size

    @property
    def different(self) -> list[int]:
        first, second = self.typed.get(1, {}), self.typed.get(2, {})
        return sorted(one for one in first.keys() & second.keys() if first[one] != second[one])

    @property
    def unsettled(self) -> list[int]:
        return [one for one in self.different if one not in self.typed.get(3, {})]

    @property
    def ready(self) -> bool:
        return self.compared and not self.unsettled

    @property
    def lines(self) -> list[Line]:
        """What the ballots say, in their order, once ready."""
        return [self.typed.get(3, {}).get(one) or self.typed[1][one] for one in range(1, self.size + 1)]


def state(bundle: Bundle) -> State:
    """How far a bundle is."""
    return states([bundle])[bundle.pk]


def states(bundles: list[Bundle]) -> dict[int, State]:
    """How far bundles are, by their id, in one query."""
    typed: dict[int, dict] = {bundle.pk: {} for bundle in bundles}
    rows = PaperEntry.objects.filter(typing__bundle__in=bundles)
    for bundle, turn, position, text, spoiled in rows.values_list(
        "typing__bundle", "typing__turn", "position", "choices", "spoiled"
    ):
        typed[bundle].setdefault(turn, {})[position] = Line(text, spoiled)
    return {bundle.pk: State(bundle.size, typed[bundle.pk]) for bundle in bundles}


@transaction.atomic
def accept_booth(
    *, booth: Booth, user: User, name: str, explanation: str = "", now: dt.datetime | None = None
) -> None:
    """Put a booth's ballots with the others, once each is settled and they agree with the roll.

    `name` is who accepts, for the record. No envelope may have more ballots than there are signatures; where one has
    fewer the explanation says why. Raises VoteError.
    """
    booth = _open(booth)
    bundles = list(booth.bundles.select_related("envelope__budget"))
    found = states(bundles)
    if booth.signatures is None:
        raise VoteError(_("Type first how many people signed the roll."))
    if any(not one.ready for one in found.values()):
        raise VoteError(_("A bundle is not typed twice yet, or its differences are not settled."))
    short = False
    for envelope, count in _counts(bundles).items():
        if count > booth.signatures:
            raise VoteError(
                _("“%(envelope)s” has %(count)s ballots and the roll %(signatures)s signatures: count again.")
                % {"envelope": envelope, "count": count, "signatures": booth.signatures}
            )
        short = short or count < booth.signatures
    if (short or not bundles) and booth.signatures and not explanation:
        raise VoteError(_("There are fewer ballots than signatures: say why."))
    for bundle in bundles:
        add_paper_ballots(
            envelope=bundle.envelope, choices=[line.text for line in found[bundle.pk].lines if not line.spoiled]
        )
    booth.explanation, booth.accepted_by, booth.accepted_at = explanation, name, now or timezone.now()
    booth.save(update_fields=["explanation", "accepted_by", "accepted_at"])


def _counts(bundles: list[Bundle]) -> dict[Envelope, int]:
    counts: dict[Envelope, int] = {}
    for bundle in bundles:
        counts[bundle.envelope] = counts.get(bundle.envelope, 0) + bundle.size
    return counts


def _open(booth: Booth) -> Booth:
    """The booth, locked. Raises VoteError once it is accepted or the vote closed."""
    booth = Booth.objects.select_for_update(of=("self",)).select_related("budget").get(pk=booth.pk)
    if booth.accepted_at:
        raise VoteError(_("The ballots of this booth are accepted: nothing can be changed any more."))
    _refuse_closed(booth.budget)
    return booth


def _refuse_closed(budget: Budget) -> None:
    if Closing.objects.filter(budget=budget).exists():
        raise VoteError(_("The vote is closed already."))
