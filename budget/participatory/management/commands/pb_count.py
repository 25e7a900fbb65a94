import json
import time

from django.core.management.base import BaseCommand

from budget.counting import RULES, add1, count, pabulib
from budget.counting.result import in_units
from budget.counting.shares import COST, UTILITIES


class Command(BaseCommand):
    """Needs no database, so that anyone can run it on a file they downloaded."""

    help = "Count a Pabulib file (.pb) and print the winners, the cost and every step."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--rule", choices=RULES, default="greedy")
        parser.add_argument("--utility", choices=UTILITIES, default=COST)
        parser.add_argument("--stop", choices=add1.STOPS, default=add1.EXHAUSTIVE, help="when Add1 ends")
        parser.add_argument("--comparison", action="store_true", help="let greedy win if more voters prefer it")
        parser.add_argument("--seed", default="", help="published beforehand, for the lots among equals")
        parser.add_argument(
            "--threshold",
            type=int,
            help="fewest votes or points; by default, for greedy-threshold, what the file says",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, file, rule, utility, stop, comparison, seed, threshold, **options):
        started = time.perf_counter()
        try:
            found = pabulib.read(file, voters=False)
            if threshold is None:
                threshold = found.threshold if rule == "greedy-threshold" else 0
            result = count(
                found.election,
                rule,
                utility=utility,
                stop=stop,
                comparison=comparison,
                seed=seed,
                threshold=threshold,
            )
        except (OSError, ValueError) as problem:
            self.stderr.write(f"{file}: {problem}")
            raise SystemExit(1) from None
        seconds = round(time.perf_counter() - started, 3)
        for line, sentence in found.warnings:
            self.stderr.write(f"{file}: line {line}: {sentence}")
        if options["json"]:
            self.stdout.write(json.dumps(result.as_data() | {"seconds": seconds}, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(found, result, seconds)))


def _lines(found, result, seconds):
    names = {one.id: one.name for one in found.election.projects}
    money = lambda amount: f"{in_units(amount, result.scale):,}"  # noqa: E731
    yield f"{len(result.winners)} projects, {money(result.cost)} of {money(result.budget)}, by {result.rule}"
    for what, value in result.notes.items():
        yield f"{what.replace('_', ' ')}: {value}"
    yield ""
    for step in result.steps:
        mark = "+" if step.taken else "-"
        line = f"{mark} {step.project} {names[step.project]}: {step.votes} votes, costs {money(step.cost)}"
        if step.measure != "votes":
            line += f", {step.measure} {_short(step.value)}"
        line += f"; {money(step.left_after)} left" if step.taken else f"; {step.verdict}"
        if step.missing:
            line += f", {money(step.missing) if step.verdict != 'below the threshold' else step.missing} missing"
        if step.tie_broken:
            line += f" (equal to {', '.join(one for one in step.tied if one != step.project)}; by {step.tie_broken})"
        yield line
    yield f"\nhash {result.hash}, {seconds} s"


def _short(value):
    """A fraction of many digits as a decimal; the exact one is in the JSON."""
    if len(value) < 20:
        return value
    top, _slash, bottom = value.partition("/")
    return f"{int(top) / int(bottom or 1):.9g}"
