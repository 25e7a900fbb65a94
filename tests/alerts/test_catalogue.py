"""The catalogue leaves and comes back whole, and a file with one fault changes nothing."""

import csv
import json

import pytest
from django.core.management import CommandError, call_command

from alerts import catalogue
from alerts.models import Category, Question, ResponseTemplate

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(town):
    """The town's catalogue with a heading, questions and an answer."""
    heading = Category.objects.create(code="eclairage", name="Éclairage; nuit", position=1)
    light = town.street_light
    light.parent, light.keywords, light.duplicate_radius, light.erase_days = heading, "lumière, noir", 30, None
    light.save()
    choices = [{"key": "oui", "name": "Oui"}, {"key": "non", "name": "Non"}]
    Question.objects.create(
        category=light, code="danger", label="Des fils\nà nu ?", type="singlevaluelist", choices=choices
    )
    ResponseTemplate.objects.create(
        category=light, body=town.light_service, title="Ampoule", text="Changée.", transition="resolve"
    )
    return town


@pytest.mark.parametrize("form", ["json", "csv"])
def test_what_is_exported_comes_back_the_same_in_an_empty_catalogue(rich, tmp_path, form):
    before, file = catalogue.dump(), tmp_path / f"catalogue.{form}"
    call_command("export_categories", file, verbosity=0)
    call_command("import_categories", file, verbosity=0)
    assert catalogue.dump() == before
    Category.objects.filter(parent__isnull=False).delete()
    Category.objects.all().delete()
    call_command("import_categories", file, verbosity=0)
    assert catalogue.dump() == before


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2 + 3", "@SUM(A1)", "'=1", "''-x", "'quoted'", "-12"])
def test_no_name_is_a_formula_in_a_spreadsheet_and_each_comes_back(town, name):
    Category.objects.filter(pk=town.street_light.pk).update(name=name, keywords=name)
    before, text = catalogue.dump(), catalogue.to_csv(catalogue.dump())
    cells = [cell for row in csv.reader(text.splitlines(), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@")) and cell != "-12"]
    report = catalogue.load(rows=catalogue.parse(text, "csv"))
    assert (report.updated, catalogue.dump()) == ([], before)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target_days": -1}, "target_days"),
        ({"target_days": 1.9}, "target_days"),
        ({"name": ["x"]}, "name"),
        ({"parent": [[]]}, "lampadaire"),
        ({"competence": {"a": 1}}, "lampadaire"),
        ({"parent": "nulle-part"}, "nulle-part"),
        ({"parent": "lampadaire"}, "lampadaire"),
        ({"competence": "magie"}, "magie"),
        ({"colour": "red"}, "colour"),
        ({"visibility": "secret"}, "visibility"),
        ({"questions": [{"code": "q", "label": "?", "type": "singlevaluelist"}]}, "choices"),
        ({"questions": "?"}, "lampadaire"),
        ({"is_stopper": True}, "lampadaire"),
        ({"anonymise_days": 400, "erase_days": 30}, "lampadaire"),
    ],
)
def test_a_file_with_one_fault_is_refused_whole_and_says_where(rich, tmp_path, change, said):
    before = catalogue.dump()
    rows = [{"code": "nid-de-poule", "name": "Autre nom"}, {"code": "lampadaire"} | change]
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps({"categories": rows}))
    with pytest.raises(CommandError, match=said):
        call_command("import_categories", file, verbosity=0)
    assert catalogue.dump() == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"categories": [{}]}',
        '{"categories": [1]}',
        "[" * 100_000,
        '{"categories": [{"code": "x", "name": "\\u0000"}]}',
        '{"categories": [{"code": "x", "name": "\\ud800"}]}',
        '{"categories": [{"code": "x", "name": "x", "target_days": Infinity}]}',
    ],
)
def test_what_is_no_catalogue_is_refused(db, text):
    with pytest.raises(catalogue.Refused):
        catalogue.load(rows=catalogue.parse(text, "json"))


def test_a_cell_without_end_is_refused(db):
    with pytest.raises(catalogue.Refused):
        catalogue.parse('code;name\nx;"' + "y" * 200_000, "csv")


def test_what_the_file_lacks_is_withdrawn_only_when_asked(rich):
    rows = [{"code": "lampadaire", "name": "Lampadaire en panne"}]
    assert catalogue.load(rows=rows).withdrawn == []
    assert set(catalogue.load(rows=rows, withdraw_others=True, dry_run=True).withdrawn) > {"nid-de-poule"}
    assert Category.objects.get(code="nid-de-poule").is_active
    catalogue.load(rows=rows, withdraw_others=True)
    assert not Category.objects.get(code="nid-de-poule").is_active


def test_a_heading_cannot_be_chosen(rich):
    offered = set(Category.objects.offered().values_list("code", flat=True))
    assert "eclairage" not in offered
    assert "lampadaire" in offered
