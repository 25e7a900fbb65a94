"""Why a project won or lost, in words made of the step of the count that decided about it."""

from collections.abc import Mapping
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budget.counting import result as verdicts
from budget.recount.words import DECIDED, number
from budget.voting.choices import GRADE_WORDS
from common.money import euros

BY_VOTES = ("votes", "score", "grades")
NAMED = 3


def why(step: Mapping, notes: Mapping, titles: Mapping[str, str]) -> str:
    """Two or three sentences. `step` is a budget.counting.Step as data, amounts in cents; `titles` name the tied."""
    said = WORDS[step["verdict"]](step, notes)
    tie = _tie(step, titles)
    return f"{said} {tie}" if tie else said


def support(step: Mapping) -> str:
    """What a project got: "312 votes", "840 points from 312 voters", a majority grade."""
    votes = ngettext("%(count)s vote", "%(count)s votes", step["votes"]) % {"count": number(step["votes"])}
    if step["measure"] == "score":
        value = Fraction(step["value"])
        points = ngettext("%(points)s point", "%(points)s points", 1 if value == 1 else 2) % {"points": number(value)}
        voters = ngettext("%(count)s voter", "%(count)s voters", step["votes"]) % {"count": number(step["votes"])}
        return _("%(points)s from %(voters)s") % {"points": points, "voters": voters}
    if step["measure"] == "grades":
        return _("the majority grade “%(grade)s”") % {"grade": grade(step["value"])}
    return votes


def grade(value: str) -> str:
    """A grade in words, 0 the lowest."""
    best = len(GRADE_WORDS) - 1
    at = int(Fraction(value))
    return str(GRADE_WORDS[best - at]) if 0 <= at <= best else value


def place(at: int) -> str:
    """Which place, in words."""
    return _("first place") if at == 1 else _("place %(at)d") % {"at": at}


def amount(value: str | Fraction) -> str:
    """An exact amount of euros as people read it, to the nearest cent."""
    return euros(round(Fraction(value) * 100))


def _taken(step, notes) -> str:
    known = {"cost": euros(step["cost"]), "left": euros(step["left_before"]), "support": support(step)}
    known["place"] = place(step["round"])
    if step["measure"] in BY_VOTES:
        return _("With %(support)s, in %(place)s: it cost %(cost)s, %(left)s was left.") % known
    if step["measure"] == "load":
        known["load"] = amount(step["value"])
        return (
            _(
                "Chosen in %(place)s with %(support)s: once it is paid, each of its supporters has borne at most "
                "%(load)s of the projects chosen so far; any other project would have asked more of its supporters."
            )
            % known
        )
    known["price"] = amount(step["price"] or "0")
    known["share"] = amount(notes.get("voter_budget", "0"))
    return (
        _(
            "Chosen in %(place)s with %(support)s: its supporters paid its %(cost)s together, at most %(price)s each, "
            "out of the %(share)s that each voter had."
        )
        % known
    )


def _over(step, _notes) -> str:
    return _(
        "It got %(support)s; when its turn came, %(left)s was left and it cost %(cost)s: %(missing)s was missing."
    ) % {
        "support": support(step),
        "left": euros(step["left_before"]),
        "cost": euros(step["cost"]),
        "missing": euros(int(step["missing"])),
    }


def _below(step, _notes) -> str:
    missing = int(step["missing"])
    return ngettext(
        "It got %(support)s: %(missing)s vote short of the least number that the rule asks for.",
        "It got %(support)s: %(missing)s votes short of the least number that the rule asks for.",
        missing,
    ) % {"support": support(step), "missing": number(missing)}


def _stopped(step, _notes) -> str:
    return _(
        "It got %(support)s. By this rule the count ends at the first project that no longer fits; "
        "this one came after it."
    ) % {"support": support(step)}


def _short(step, notes) -> str:
    return _(
        "It got %(support)s. Each voter had %(share)s; at the end its supporters had too little left together: of its "
        "%(cost)s, %(missing)s was missing."
    ) % {
        "support": support(step),
        "share": amount(notes.get("voter_budget", "0")),
        "cost": euros(step["cost"]),
        "missing": euros(int(step["missing"])),
    }


WORDS = {
    verdicts.TAKEN: _taken,
    verdicts.OVER_BUDGET: _over,
    verdicts.BELOW_THRESHOLD: _below,
    verdicts.STOPPED: _stopped,
    verdicts.SHORT_OF_MONEY: _short,
    verdicts.UNSUPPORTED: lambda _step, _notes: _("Nobody voted for it."),
    verdicts.WITHDRAWN: lambda _step, _notes: _("It was withdrawn from the vote."),
    verdicts.REJECTED: lambda _step, _notes: _("It got more points against it than for it."),
}


def _tie(step: Mapping, titles: Mapping[str, str]) -> str:
    others = [titles.get(one, one) for one in step["tied"] if one != step["project"]]
    if not others or not step["tie_broken"]:
        return ""
    named = ", ".join(_("“%(title)s”") % {"title": one} for one in others[:NAMED])
    if more := max(len(others) - NAMED, 0):
        named = ngettext("%(named)s and %(more)d other", "%(named)s and %(more)d others", more) % {
            "named": named,
            "more": more,
        }
    return _("It was equal to %(named)s; %(decided)s.") % {"named": named, "decided": DECIDED[step["tie_broken"]]()}
