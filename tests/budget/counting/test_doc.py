"""The examples of docs/comptage.md are true."""

import io
import re
from pathlib import Path

from budget.counting import RULES, count, pabulib

TEXT = (Path(__file__).parents[3] / "docs" / "comptage.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w-]+)`(?: \(.*`--threshold (\d+)`\))? \| ([\w, ]+) \| ([\d ]+) € \|$", re.MULTILINE)


def test_the_examples_are_what_the_rules_give():
    seen = set()
    for example in re.split(r"^```pb\n", TEXT, flags=re.MULTILINE)[1:]:
        file, after = example.split("```", 1)
        election = pabulib.read(io.BytesIO(file.encode())).election
        for rule, threshold, winners, cost in ROW.findall(after):
            result = count(election, rule, threshold=int(threshold or 0))
            assert (", ".join(result.winners), f"{result.cost:,}".replace(",", " ")) == (winners, cost), rule
            seen.add(rule)
    assert set(RULES) - seen == {"equal-shares-greedy", "equal-shares-add1u"}


def test_every_rule_is_explained():
    assert all(f"`{rule}`" in TEXT for rule in RULES)


def test_the_loads_and_prices_are_those_of_the_text():
    file = TEXT.split("```pb\n")[1].split("```")[0]
    election = pabulib.read(io.BytesIO(file.encode())).election
    shares = count(election, "equal-shares")
    assert [step.price for step in shares.steps] == ["7500", "8000", "5000/3", ""]
    assert shares.why("piste").missing == 50_000 - 11_666
    loads = {step.project: step.value for step in count(election, "phragmen").steps}
    assert loads == {"bancs": "5000/3", "place": "72500/9", "jardin": "25250/3", "piste": "147500/9"}
