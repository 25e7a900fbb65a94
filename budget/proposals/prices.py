"""The price list: as it is typed in the administration site, and as a file brings it."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from django import forms
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.participatory.models import Theme
from budget.proposals.models import Price
from common.forms import EuroField

MOST = 5_000_000  # bytes of a file
# What columns may be called, as their field.
COLUMNS = {
    "code": "code",
    "name": "name",
    "nom": "name",
    "theme": "theme",
    "thème": "theme",
    "unit": "unit",
    "unité": "unit",
    "cost": "cost",
    "prix": "cost",
    "yearly": "yearly",
    "entretien": "yearly",
    "source": "source",
    "year": "year",
    "année": "year",
}
NEEDED = {"name": "nom", "theme": "thème", "cost": "prix", "year": "année"}
UNITS = {"": "each", "unité": "each", "mètre": "m", "m²": "m2"}


class PricesRefused(ValueError):
    """The file cannot be taken: each message says on which line, and why."""

    def __init__(self, *messages: str):
        super().__init__("\n".join(messages))


class PriceForm(forms.ModelForm):
    cost = EuroField(label=gettext_lazy("cost of one (euros)"))
    yearly = EuroField(label=gettext_lazy("upkeep a year (euros)"), required=False)

    class Meta:
        model = Price
        fields = ["code", "name", "theme", "unit", "cost", "yearly", "source", "year", "is_active"]

    def clean_yearly(self):
        return self.cleaned_data["yearly"] or 0


@transaction.atomic
def import_prices(path: Path) -> dict[str, int]:
    """Add the prices of a CSV file, or change those of the same code: all of them or none. Amounts are euros.

    Columns, in any order: name, theme (its code or name), cost, year; as one likes code, unit (each, m, m2), yearly
    and source; French names too. Prices and columns that the file does not have stay. Returns how many are {"new",
    "changed", "same"}. Raises PricesRefused.
    """
    themes = {key: one for one in Theme.objects.all() for key in (one.name.casefold(), one.code)}
    known = {one.code: one for one in Price.objects.select_for_update()}
    found, wrong, seen = {"new": 0, "changed": 0, "same": 0}, [], {}
    for number, row in _rows(path):
        code, theme = row.get("code") or slugify(row["name"])[:60], themes.get(row["theme"].casefold())
        old = known.get(code)
        data = _as_typed(old) | row | {"code": code, "theme": theme and theme.pk}
        data["unit"] = UNITS.get(data["unit"].casefold(), data["unit"])
        before = old and model_to_dict(old)
        form = PriceForm(data, instance=old)
        if row["theme"] and theme is None:
            form.add_error("theme", _("There is no theme “%(name)s”.") % {"name": row["theme"]})
        if (first := seen.setdefault(code, number)) != number:
            form.add_error("code", _("It stands on line %(line)d already.") % {"line": first})
        if form.is_valid():
            found[
                "new" if old is None else "same" if model_to_dict(form.save(commit=False)) == before else "changed"
            ] += 1
            form.save()
        else:
            wrong += _said(number, form)
    if wrong:
        raise PricesRefused(*wrong)
    if not seen:
        raise PricesRefused(_("The file has no price."))
    return found


def _as_typed(old: Price | None) -> dict:
    """What a form of that price sends of columns that a file need not have."""
    if old is None:
        return {"unit": "", "yearly": "", "source": "", "is_active": "on"}
    yearly = PriceForm.base_fields["yearly"].prepare_value(old.yearly)
    return {"unit": old.unit, "yearly": yearly, "source": old.source, "is_active": "on" if old.is_active else ""}


def _said(number: int, form: PriceForm) -> Iterator[str]:
    for name, messages in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        for message in messages:
            yield _("Line %(line)d, %(column)s: %(message)s") % {"line": number, "column": label, "message": message}


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, text by field) of each line that is not empty. Raises PricesRefused."""
    try:
        content = path.read_bytes() if path.stat().st_size <= MOST else None
    except OSError as error:
        raise PricesRefused(_("The file cannot be read: %(why)s.") % {"why": error.strerror}) from None
    if content is None:
        raise PricesRefused(_("The file is too large for a price list."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        said = _("Line %(line)d is not UTF-8 text: save the file as “CSV UTF-8”.") % {"line": number}
        raise PricesRefused(said) from None
    text = text.replace("\0", "")
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if header.count(";") >= header.count(",") else ",")
    try:
        names = [COLUMNS.get(name.strip().casefold(), name.strip()) for name in next(reader, [])]
        if missing := [french for name, french in NEEDED.items() if name not in names]:
            raise PricesRefused(_("The first line names no column “%(column)s”.") % {"column": missing[0]})
        if unknown := [name for name in names if name not in COLUMNS.values()]:
            raise PricesRefused(_("“%(column)s” is no column of a price list.") % {"column": unknown[0]})
        if len(set(names)) < len(names):
            raise PricesRefused(_("A column stands there twice."))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                counted = {"line": reader.line_num, "count": len(cells), "wanted": len(names)}
                raise PricesRefused(_("Line %(line)d has %(count)d columns instead of %(wanted)d.") % counted)
            yield reader.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        raise PricesRefused(_("Line %(line)d: %(why)s") % {"line": reader.line_num, "why": error}) from None
