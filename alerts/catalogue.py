"""The catalogue of categories as a file: JSON, or CSV with one row a category. What is exported can be imported.

A file says the whole of each category it names; categories it does not name stay as they are, or are withdrawn where
asked. Nothing is written unless every row is sound.
"""

import csv
import io
import json
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from alerts.models import Category, Question, ResponseTemplate
from common import jsontext
from common.spreadsheets import harmless, meant
from geo.models import Body, Competence

PLAIN = (
    "name",
    "description",
    "keywords",
    "icon",
    "position",
    "is_active",
    "notice",
    "is_stopper",
    "asset_kind",
    "duplicate_radius",
    "target_days",
    "visibility",
    "photos_checked",
    "identity",
    "reopen_days",
    "anonymise_days",
    "erase_days",
)
COLUMNS = ("code", "parent", "competence", *PLAIN, "questions", "templates")
QUESTION = ("code", "label", "help", "type", "required", "is_public", "choices", "position")
TEMPLATE = ("title", "text", "transition", "body", "position")
TRUE, FALSE = {"true", "1", "yes", "oui", "vrai"}, {"false", "0", "no", "non", "faux"}


class Refused(ValueError):
    """The file cannot be taken; `problems` says why, one line a problem."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Report:
    """Codes of the categories by what became of them."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)


def dump() -> list[dict]:
    """Every category with its questions and templates, headings before what is inside them."""
    categories = Category.objects.select_related("parent", "competence").prefetch_related(
        "questions", "templates__body"
    )
    return [_row(one) for one in sorted(categories, key=lambda one: (_depth(one), one.position, one.code))]


def to_json(rows: list[dict]) -> str:
    """The rows as JSON, readable and the same each time."""
    return json.dumps({"categories": rows}, ensure_ascii=False, indent=2) + "\n"


def to_csv(rows: list[dict]) -> str:
    """The rows as CSV with semicolons, as French spreadsheets open it; questions and templates as JSON in a cell.

    No cell is taken for a formula; `parse` gives back what stood in it.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(row[name]) for name in COLUMNS} for row in rows)
    return "\ufeff" + out.getvalue()


def parse(text: str, form: str) -> list[dict]:
    """The rows of a "json" or "csv" file. Raises Refused."""
    text = text.lstrip("\ufeff")
    return _from_csv(text) if form == "csv" else _from_json(text)


@transaction.atomic
def load(*, rows: list[dict], withdraw_others: bool = False, dry_run: bool = False) -> Report:
    """Create and update the categories of these rows. Raises Refused, and then nothing was changed."""
    problems, report = [], Report()
    known = {one.code: one for one in Category.objects.all()}
    codes = [row.get("code", "") for row in rows]
    problems += [
        _("%(code)s: named twice.") % {"code": code} for code in sorted({c for c in codes if codes.count(c) > 1})
    ]
    before = {row["code"]: row for row in dump()}
    for row in rows:
        try:
            known[row["code"]] = _write(row, known)
        except ValidationError as error:
            problems += [f"{row.get('code') or '?'}: {line}" for line in _lines(error)]
    for row in rows if not problems else ():
        try:
            _place(row, known)
        except ValidationError as error:
            problems += [f"{row['code']}: {line}" for line in _lines(error)]
    if problems:
        raise Refused(problems)
    if withdraw_others:
        others = Category.objects.filter(is_active=True).exclude(code__in=codes)
        report.withdrawn = sorted(others.values_list("code", flat=True))
        others.update(is_active=False)
    after = {row["code"]: row for row in dump()}
    for code in codes:
        same = before.get(code) == after[code]
        (report.unchanged if same else report.updated if code in before else report.created).append(code)
    if dry_run:
        transaction.set_rollback(True)
    return report


def _row(category: Category) -> dict:
    return {
        "code": category.code,
        "parent": category.parent.code if category.parent else "",
        "competence": category.competence.code if category.competence else "",
        **{name: getattr(category, name) for name in PLAIN},
        "questions": [{name: getattr(one, name) for name in QUESTION} for one in category.questions.all()],
        "templates": [
            {**{name: getattr(one, name) for name in TEMPLATE}, "body": one.body.slug if one.body else ""}
            for one in category.templates.all()
        ],
    }


def _depth(category: Category) -> int:
    depth, seen = 0, {category.pk}
    while category.parent and category.parent_id not in seen:
        category, depth = category.parent, depth + 1
        seen.add(category.pk)
    return depth


def _write(row: dict, known: dict[str, Category]) -> Category:
    """The category of this row with its questions and templates; its parent comes later."""
    if unknown := set(row) - set(COLUMNS):
        raise ValidationError(_("Unknown column “%(name)s”.") % {"name": min(unknown)})
    _check_types(Category, {name: row[name] for name in ("code", *PLAIN) if name in row})
    category = known.get(row.get("code")) or Category(code=row.get("code") or "")
    for name in PLAIN:
        if name in row:
            setattr(category, name, row[name])
    if "competence" in row:
        category.competence = _named(Competence, "code", row["competence"])
    category.full_clean()
    category.save()
    if "questions" in row:
        kept = []
        for position, one in enumerate(_objects(row["questions"], QUESTION)):
            _check_types(Question, one)
            question = category.questions.filter(code=one.get("code", "")).first() or Question(category=category)
            for name, value in ({"position": position} | one).items():
                setattr(question, name, value)
            question.full_clean()
            question.save()
            kept.append(question.pk)
        category.questions.exclude(pk__in=kept).delete()
    if "templates" in row:
        category.templates.all().delete()
        for position, one in enumerate(_objects(row["templates"], TEMPLATE)):
            _check_types(ResponseTemplate, {name: value for name, value in one.items() if name != "body"})
            given = {"position": position} | one | {"body": _named(Body, "slug", one.get("body", ""))}
            template = ResponseTemplate(category=category, **given)
            template.full_clean()
            template.save()
    return category


def _check_types(model, given: dict) -> None:
    """A list is no name and 1.9 no number of days, though Django would make one of them. Raises ValidationError."""
    for name, value in given.items():
        field = model._meta.get_field(name)
        kind = (
            bool
            if isinstance(field, models.BooleanField)
            else int
            if isinstance(field, models.IntegerField)
            else list
            if isinstance(field, models.JSONField)
            else str
        )
        if type(value) is not kind and not (value is None and field.null):
            raise ValidationError({name: _("This is of the wrong type: %(value)s.") % {"value": str(value)[:60]}})


def _place(row: dict, known: dict[str, Category]) -> None:
    if "parent" not in row:
        return
    category, code = known[row["code"]], row["parent"]
    if not isinstance(code, str | None) or (code and code not in known):
        raise ValidationError(_("There is no category “%(code)s” to be inside of.") % {"code": code})
    category.parent = known[code] if code else None
    category.clean()
    category.save()


def _named(model, key: str, value: str):
    if not value:
        return None
    if not isinstance(value, str):
        raise ValidationError(_("This is of the wrong type: %(value)s.") % {"value": str(value)[:60]})
    found = model.objects.filter(**{key: value}).first()
    if found is None:
        raise ValidationError(
            _("There is no %(kind)s “%(name)s”.") % {"kind": model._meta.verbose_name, "name": value}
        )
    return found


def _objects(value, names: tuple[str, ...]) -> list[dict]:
    if not isinstance(value, list) or not all(isinstance(one, dict) and set(one) <= set(names) for one in value):
        raise ValidationError(_("Give a list of objects with some of: %(names)s.") % {"names": ", ".join(names)})
    return value


def _lines(error: ValidationError) -> list[str]:
    if hasattr(error, "error_dict"):
        return [
            line if name == NON_FIELD_ERRORS else f"{name}: {line}"
            for name, lines in error.message_dict.items()
            for line in lines
        ]
    return error.messages


def _from_json(text: str) -> list[dict]:
    try:
        data = jsontext.read(text)
    except jsontext.NotJSON as error:
        raise Refused([_("This is not JSON: %(error)s.") % {"error": error}]) from None
    rows = data.get("categories") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("code") for row in rows):
        raise Refused([_("Give an object with “categories”: a list of objects that each have a “code”.")])
    return rows


def _from_csv(text: str) -> list[dict]:
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") >= header.count(",") else ",")
    rows, problems = [], []
    if "code" not in (reader.fieldnames or []):
        raise Refused([_("The first line must name the columns, with “code” among them.")])
    try:
        for number, raw in enumerate(reader, start=2):
            try:
                rows.append({name: _read(name, text) for name, text in raw.items() if name})
            except ValueError as error:
                problems.append(_("Line %(number)d: %(error)s") % {"number": number, "error": error})
    except csv.Error as error:
        raise Refused([_("This is not a table: %(error)s.") % {"error": error}]) from None
    if problems:
        raise Refused(problems)
    return rows


def _cell(value) -> str:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else harmless(str(value))


def _read(name: str, text: str | None):
    """A cell as the model takes it. Raises ValueError with the reason."""
    text = meant((text or "").strip())
    if name in ("questions", "templates"):
        try:
            return jsontext.read(text) if text else []
        except jsontext.NotJSON:
            raise ValueError(_("“%(name)s” is not JSON.") % {"name": name}) from None
    if name in ("is_active", "is_stopper", "photos_checked"):
        if text.lower() not in TRUE | FALSE:
            raise ValueError(_("“%(name)s” must be oui or non.") % {"name": name})
        return text.lower() in TRUE
    if name in ("position", "duplicate_radius", "target_days", "reopen_days", "anonymise_days", "erase_days"):
        if not text and name in ("anonymise_days", "erase_days"):
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            raise ValueError(_("“%(name)s” must be a whole number.") % {"name": name})
        return int(text)
    return text
