"""The house keeps its shape: directions, sizes, migrations, no leftovers."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
OUR_APPS = [config for config in apps.get_app_configs() if "site-packages" not in Path(config.path).parts]
MAX_LINES = 420
NAMED = re.compile(r"""{%-? *(?:include|extends) ["']([^"']+)["']""")
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def tracked(*patterns) -> list[Path]:
    """Files of the project, as git knows them or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()]


def test_imports_go_down_only():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_file_is_too_long_to_read():
    files = [path for path in tracked("*.py") if "migrations" not in path.parts]
    assert len(files) > 50
    too_long = {str(path.relative_to(ROOT)): count for path in files if (count := lines(path)) > MAX_LINES}
    assert not too_long


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_nothing_is_left_for_later():
    sources = tracked("*.py", "*.html", "*.js", "*.css", "*.txt", "Makefile")
    here = Path(__file__)
    found = [str(path) for path in sources if path != here and LEFTOVER.search(path.read_text())]
    assert not found


@pytest.mark.django_db
def test_migrations_are_complete_and_in_a_line():
    call_command("makemigrations", check=True, dry_run=True, stdout=io.StringIO())
    for config in OUR_APPS:
        folder = Path(config.path) / "migrations"
        numbers = [path.name[:4] for path in sorted(folder.glob("[0-9]*.py"))]
        assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)], config.label


def our_templates() -> dict[str, Path]:
    """Name -> file of each template of the project."""
    folders = [Path(config.path) / "templates" for config in OUR_APPS]
    return {
        str(path.relative_to(folder)): path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in (".html", ".txt")
    }


@pytest.mark.parametrize("name", sorted(our_templates()))
def test_each_template_is_sound_and_so_are_those_it_names(name):
    get_template(name)
    for named in NAMED.findall(our_templates()[name].read_text()):
        get_template(named)


def test_each_template_is_used():
    """By a view, another template, or a library whose template it takes the place of."""
    sources = "\n".join(path.read_text() for path in tracked("*.py", "*.html", "*.txt") if "tests" not in path.parts)
    libraries = [Path(config.path) / "templates" for config in apps.get_app_configs() if config not in OUR_APPS]
    # Django and allauth ask for these by their place.
    asked_by_name = {"403.html", "404.html", "429.html", "500.html", "400.html", "403_csrf.html"}
    unused = [
        name
        for name in our_templates()
        if name not in sources
        and name not in asked_by_name
        and "/mail/" not in name
        and not any((folder / name).exists() for folder in libraries)
    ]
    assert not unused
