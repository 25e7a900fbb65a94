"""make check finds what it looks for."""

import shutil

import pytest

from config.local import migrations, translations
from config.local.checks import checks

pytestmark = pytest.mark.skipif(not shutil.which("xgettext"), reason="needs gettext")

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def shop(tmp_path):
    """A project with one app that shows three texts."""
    app = tmp_path / "shop"
    (app / "locale/fr/LC_MESSAGES").mkdir(parents=True)
    (app / "apps.py").write_text("")
    (app / "views.py").write_text(
        "from django.utils.translation import gettext as _\n\nA = _('Bread')\nB = _('Butter')\nC = _('French')\n"
    )
    return app


def catalogue(shop, text):
    (shop / "locale/fr/LC_MESSAGES/django.po").write_text(PO + text)


def test_each_missing_text_is_named_with_its_file(shop):
    catalogue(shop, 'msgid "Bread"\nmsgstr "Pain"\n')
    found = translations.problems(shop.parent)
    assert "non traduit : 'Butter' (shop/views.py:4)" in found
    assert "Bread" not in found
    assert "French" not in found  # Django's own catalogue has it


def test_a_doubtful_text_is_not_a_translation(shop):
    catalogue(shop, 'msgid "Bread"\nmsgstr "Pain"\n\n#, fuzzy\nmsgid "Butter"\nmsgstr "Beurre ?"\n')
    assert "(fuzzy) : 'Butter'" in translations.problems(shop.parent)


def test_a_complete_catalogue_is_silent_and_untouched(shop):
    catalogue(shop, 'msgid "Bread"\nmsgstr "Pain"\n\nmsgid "Butter"\nmsgstr "Beurre"\n')
    before = sorted((path, path.read_bytes()) for path in shop.rglob("*") if path.is_file())
    assert translations.problems(shop.parent) == ""
    assert before == sorted((path, path.read_bytes()) for path in shop.rglob("*") if path.is_file())


def test_an_app_without_any_catalogue(shop):
    shutil.rmtree(shop / "locale")
    assert "'Bread'" in translations.problems(shop.parent)


def migration(folder, name, *parents):
    dependencies = [("shop", parent) for parent in parents]
    (folder / f"{name}.py").write_text(f"class Migration:\n    dependencies = {dependencies}\n")


@pytest.fixture
def history(shop):
    folder = shop / "migrations"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    migration(folder, "0001_initial")
    migration(folder, "0002_price", "0001_initial")
    return folder


def test_one_line_of_migrations(history):
    assert migrations.problems(history.parents[1]) == ""


def test_two_branches(history):
    migration(history, "0002_colour", "0001_initial")
    assert "0002_colour, 0002_price" in migrations.problems(history.parents[1])


def test_a_merge_is_no_line(history):
    migration(history, "0002_colour", "0001_initial")
    migration(history, "0003_merge", "0002_colour", "0002_price")
    assert "plusieurs parents" in migrations.problems(history.parents[1])


def test_every_promised_check_is_there():
    titles = " ".join(title for title, _check in checks())
    for word in ("ruff check", "ruff format", "djlint", "lint-imports", "migrations", "traductions", "--deploy"):
        assert word in titles
