"""`manage.py pb_count FILE.pb`: count an election that anybody downloaded."""

import errno
import json
import time
from fractions import Fraction

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budget.counting import RULES, add1, count, pabulib
from budget.counting.election import GRADES, SCORING
from budget.counting.result import BELOW_THRESHOLD
from budget.counting.rules import SHARES
from budget.counting.shares import COST, UTILITIES
from budget.recount.refusals import in_words
from budget.recount.words import DECIDED, number


class Command(BaseCommand):
    """Needs no database, so that anyone can run it on a file they downloaded."""

    help = _("Count a Pabulib file (.pb) and print the winners, the cost and every step.")
    requires_system_checks = []

    def add_arguments(self, parser):
        add = parser.add_argument
        add("file")
        add("--rule", choices=RULES, default="greedy")
        add("--utility", choices=UTILITIES, help=_("of Equal Shares; cost by default"))
        add("--stop", choices=add1.STOPS, help=_("when Add1 ends; exhaustive by default"))
        add("--comparison", action="store_true", help=_("let greedy win if more voters prefer it"))
        add("--seed", default="", help=_("published beforehand, for the lots among equals"))
        add("--threshold", type=int, help=_("fewest votes or points; by default the file's, for greedy-threshold"))
        add("--json", action="store_true")

    def handle(self, *args, file, rule, utility, stop, comparison, seed, threshold, **options):
        started = time.perf_counter()
        if idle := _idle(rule, {"--utility": utility, "--stop": stop, "--comparison": comparison}):
            self._end(_("%(option)s says nothing to the rule %(rule)s.") % {"option": idle, "rule": rule})
        try:
            found = pabulib.read(file, voters=False)
            if threshold is None:
                threshold = found.threshold if rule == "greedy-threshold" else 0
            result = count(
                found.election,
                rule,
                utility=utility or COST,
                stop=stop or add1.EXHAUSTIVE,
                comparison=comparison,
                seed=seed,
                threshold=threshold,
            )
        except pabulib.PabulibError as problem:
            self._end(f"{file}: {in_words(problem)}")
        except OSError as problem:
            words = UNREADABLE.get(problem.errno)
            self._end(f"{file}: {words() if words else problem.strerror}")
        except add1.TooLong:
            self._end(f"{file}: " + _("too few voters for so much money: Add1 would take too long"))
        seconds = round(time.perf_counter() - started, 3)
        for remark in found.warnings:
            self.stderr.write(f"{file}: {in_words(remark)}")
        if rule == "majority-judgment" and found.election.vote_type not in (SCORING, GRADES):
            self.stderr.write(f"{file}: " + _("nobody gave grades in this vote: its points are read as grades"))
        if options["json"]:
            self.stdout.write(json.dumps(result.as_data() | {"seconds": seconds}, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(found, result, seconds)))

    def _end(self, why: str):
        self.stderr.write(why)
        raise SystemExit(1)


def _idle(rule: str, given: dict) -> str:
    """The first option given that the rule has no use for: whoever gives it takes the rule for another."""
    used = {"--utility": rule in SHARES, "--comparison": rule in SHARES, "--stop": SHARES.get(rule, (False,))[0]}
    return next((option for option, value in given.items() if value and not used[option]), "")


UNREADABLE = {
    errno.ENOENT: lambda: _("there is no such file"),
    errno.EISDIR: lambda: _("this is a folder"),
    errno.EACCES: lambda: _("you may not read this file"),
}


def _lines(found, result, seconds):
    """A line for each project, in the order of the count; amounts in the file's unit of money."""
    names = {one.id: one.name for one in found.election.projects}
    money = lambda amount: number(Fraction(amount, result.scale))  # noqa: E731
    winners = len(result.winners)
    yield ngettext(
        "%(count)s project chosen: %(cost)s of %(budget)s, by %(rule)s",
        "%(count)s projects chosen: %(cost)s of %(budget)s, by %(rule)s",
        winners,
    ) % {"count": winners, "cost": money(result.cost), "budget": money(result.budget), "rule": result.rule}
    for what, value in result.notes.items():
        yield f"{NOTES[what]()}: {number(value) if what == 'voter_budget' else value}"
    yield ""
    for step in result.steps:
        yield _line(step, names[step.project], money)
    yield ""
    yield _("fingerprint %(hash)s, counted in %(seconds)s s") % {"hash": result.hash, "seconds": seconds}


def _line(step, name, money) -> str:
    votes = ngettext("%(count)s vote", "%(count)s votes", step.votes) % {"count": number(step.votes)}
    parts = [votes, _("costs %(amount)s") % {"amount": money(step.cost)}]
    if step.measure != "votes":
        parts.append(f"{MEASURES[step.measure]()} {_short(step.value)}")
    if step.taken:
        parts.append(_("%(amount)s left") % {"amount": money(step.left_after)})
    else:
        parts.append(VERDICTS[step.verdict]())
    if step.missing:
        missing = number(step.missing) if step.verdict == BELOW_THRESHOLD else money(step.missing)
        parts.append(_("%(amount)s missing") % {"amount": missing})
    if step.tie_broken:
        others = ", ".join(one for one in step.tied if one != step.project)
        parts.append(_("equal to %(others)s: %(decided)s") % {"others": others, "decided": DECIDED[step.tie_broken]()})
    return f"{'+' if step.taken else '-'} {step.project} {name}: {'; '.join(parts)}"


MEASURES = {
    "score": lambda: _("points"),
    "grades": lambda: _("grade"),
    "load": lambda: _("load"),
    "rho": lambda: _("price per unit of utility"),
}
VERDICTS = {
    "over the budget": lambda: _("no longer fits"),
    "below the threshold": lambda: _("below the threshold"),
    "stopped": lambda: _("the count had ended"),
    "no votes": lambda: _("no votes"),
    "its supporters have too little left": lambda: _("its supporters have too little left"),
    "withdrawn": lambda: _("withdrawn"),
    "more points against it than for it": lambda: _("more points against it than for it"),
}
NOTES = {
    "voter_budget": lambda: _("Share of each voter"),
    "prefer_equal_shares": lambda: _("Voters who prefer Equal Shares"),
    "prefer_greedy": lambda: _("Voters who prefer greedy"),
    "kept": lambda: _("Kept"),
}


def _short(value) -> str:
    """A fraction of many digits as a decimal; the exact one is in the JSON."""
    return value if len(value) < 20 else f"{float(Fraction(value)):.9g}"
