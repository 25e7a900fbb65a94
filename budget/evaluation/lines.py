"""The lines of a cost as a person types them: a name and an amount. Amounts are integer cents."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from common import money

MAX_LINES, MAX_NAME = 40, 120
NAMES, AMOUNTS = "ligne_nom", "ligne_montant"
# Empty rows offered beside those that are written.
SPARE = 2


@dataclass
class Row:
    """A row of the form as it was typed, and what is wrong with it."""

    name: str = ""
    amount: str = ""
    error: str = ""


@dataclass
class Lines:
    """Rows of a form, and the lines they mean: [{"name", "amount"}]."""

    rows: list[Row] = field(default_factory=list)
    values: list[dict] = field(default_factory=list)

    @property
    def errors(self) -> list[str]:
        return [row.error for row in self.rows if row.error]

    @property
    def total(self) -> int:
        return total(self.values)

    def spared(self, more: int = SPARE) -> "Lines":
        """With so many empty rows at the end."""
        return Lines([*self.rows, *(Row() for _spare in range(min(more, MAX_LINES - len(self.rows))))], self.values)


def total(values: list[dict]) -> int:
    return sum(line["amount"] for line in values)


def typed(data) -> Lines:
    """Of a submitted form (a QueryDict); rows that are wholly empty are left out. Each wrong row says why."""
    found = Lines()
    names, amounts = data.getlist(NAMES)[: MAX_LINES + 1], data.getlist(AMOUNTS)[: MAX_LINES + 1]
    count = max(len(names), len(amounts))
    for name, amount in zip(_padded(names, count), _padded(amounts, count), strict=True):
        row = Row(name.strip(), amount.strip())
        if not (row.name or row.amount):
            continue
        found.rows.append(row)
        row.error, cents = _read(row)
        if not row.error:
            found.values.append({"name": row.name, "amount": cents})
    if len(found.rows) > MAX_LINES:
        found.rows[-1].error = _("At most %(count)d lines: put small ones together.") % {"count": MAX_LINES}
    elif found.rows and found.total > money.MOST:
        found.rows[-1].error = _("All together this is more than can be written down.")
    return found


def _padded(texts: list[str], count: int) -> list[str]:
    return texts + [""] * (count - len(texts))


def _read(row: Row) -> tuple[str, int]:
    if not row.name:
        return _("Say what this amount is for."), 0
    if len(row.name) > MAX_NAME:
        return _("At most %(count)d signs here.") % {"count": MAX_NAME}, 0
    if not row.amount:
        return _("Give the amount of “%(name)s”.") % {"name": row.name}, 0
    try:
        cents = money.cents(row.amount)
    except ValueError:
        return _("“%(amount)s” is no amount. Write 1250 or 1250,50.") % {"amount": row.amount[:40]}, 0
    return ("", cents) if cents >= 0 else (_("An amount cannot be below zero."), 0)


def shown(values: list[dict]) -> Lines:
    """Lines that are known already, as rows of a form."""
    return Lines([Row(line["name"], plain(line["amount"])) for line in values], list(values))


def plain(cents: int | None) -> str:
    """An amount as one types it: “1250” or “1250,50”; empty for None."""
    if cents is None:
        return ""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02}" if rest else str(whole)


def estimated(proposal) -> list[dict]:
    """The author's estimate as lines."""
    lines = [
        {
            "name": f"{line['name']} × {line['quantity']}"[:MAX_NAME],
            "amount": line["cost"] * line["quantity"],
        }
        for line in proposal.estimate_lines
    ]
    if lines or not proposal.estimate:
        return lines
    return [{"name": _("Estimate of the author"), "amount": proposal.estimate}]
