"""System packages: see what is missing, install it where we may, otherwise say exactly what to install."""

import ctypes.util
import importlib.util
import os
import re
import shutil
import subprocess
import zoneinfo
from dataclasses import dataclass
from pathlib import Path

from config.local import postgres
from config.local.say import Failure, run_step, say

# What each release calls the default PostgreSQL; only for a machine whose package lists are empty.
RELEASES = {"debian 12": 15, "debian 13": 17, "ubuntu 22.04": 14, "ubuntu 24.04": 16}
# Chromium without its window: the tests take two thirds of the time with it. Only Debian packages it.
HEADLESS = "chromium-headless-shell"
CHROMIUMS = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Need:
    """A thing the platform uses, in words, and the Debian packages that bring it (none = PostgreSQL's)."""

    label: str
    packages: tuple
    present: object

    def missing(self):
        return not self.present()


def chromium():
    """The browser for the tests, or None."""
    given = os.environ.get("PARVIS_CHROMIUM")
    return given or next((found for name in CHROMIUMS if (found := shutil.which(name))), None)


def _library(*names):
    return lambda: all(ctypes.util.find_library(name) for name in names)


def _program(name):
    return lambda: shutil.which(name) is not None


def _time_zones():
    try:
        return bool(zoneinfo.ZoneInfo("Europe/Paris"))
    except zoneinfo.ZoneInfoNotFoundError:
        return False


def needs(*, database=True, redis=True, tests=False):
    """Everything a command needs; a service that the deployment gives by URL is not needed here."""
    found = [
        Need("les environnements virtuels de Python", ("python3-venv",), lambda: _module("ensurepip")),
        Need("les bibliothèques GDAL, GEOS et PROJ", ("gdal-bin",), _library("gdal", "geos_c", "proj")),
        Need(
            "gettext (traductions)",
            ("gettext",),
            lambda: bool(shutil.which("msgfmt") and shutil.which("xgettext")),
        ),
        Need("les fuseaux horaires", ("tzdata",), _time_zones),
        Need("une police de caractères", ("fonts-dejavu-core",), lambda: _fonts()),
    ]
    if database:
        found.append(Need("PostgreSQL avec PostGIS", (), lambda: postgres.installation() is not None))
    if redis:
        found.append(Need("Redis", ("redis-server",), _program("redis-server")))
    if tests:
        found.append(_browser())
    return found


def _browser():
    label = "Chromium (tests dans le navigateur)"
    if release().startswith("debian") and not os.environ.get("PARVIS_CHROMIUM"):
        return Need(label, (HEADLESS,), _program(HEADLESS))
    return Need(label, ("chromium",), lambda: chromium() is not None)


def _module(name):
    return importlib.util.find_spec(name) is not None


def _fonts():
    return any(path.suffix in {".ttf", ".otf"} for path in Path("/usr/share/fonts").rglob("*"))


def ensure(**kinds):
    """Install what is missing, or stop with the one line to copy."""
    missing = [need for need in needs(**kinds) if need.missing()]
    if not missing:
        return
    say("Il manque sur cette machine : " + ", ".join(need.label for need in missing) + ".")
    if not shutil.which("apt-get"):
        raise Failure("Installez-les avec le gestionnaire de paquets de cette machine, puis relancez.")
    prefix = administrator()
    if prefix is None:
        raise Failure(ask(package_names(missing)))
    run_step("Mise à jour de la liste des paquets", [*prefix, "apt-get", "update"], stream=True)
    install = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    run_step(
        "Installation des paquets du système",
        [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *install, *package_names(missing)],
        stream=True,
    )
    still = [need for need in missing if need.missing()]
    if still:
        raise Failure("Toujours absent après l'installation : " + ", ".join(need.label for need in still) + ".")


def ask(names):
    """What to tell somebody who may not install packages."""
    return (
        "Ces paquets s'installent une fois, avec les droits d'administrateur. La ligne à copier :\n\n"
        f"    sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(names)}\n\n"
        "Relancez ensuite la même commande."
    )


def administrator():
    """What to put before apt-get: nothing for root, sudo where it asks no password, None when we may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
        return ["sudo", "-n"]
    return None


def package_names(missing):
    names = []
    for need in missing:
        names += need.packages or postgresql_packages(known_packages(), release(), postgres.versions())
    return names


def known_packages():
    """The PostgreSQL packages of this machine's package lists."""
    try:
        found = subprocess.run(["apt-cache", "pkgnames", "postgresql-"], capture_output=True, text=True)
    except OSError:
        return []
    return found.stdout.split()


def release(path="/etc/os-release"):
    """`debian 12`, `ubuntu 24.04`…"""
    try:
        pairs = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path(path).read_text(), re.MULTILINE))
    except OSError:
        return ""
    return f"{pairs.get('ID', '')} {pairs.get('VERSION_ID', '')}"


def postgresql_packages(known, system, installed=()):
    """PostgreSQL and PostGIS as this release names them: of a version already there, else of the newest."""
    versions = {int(name.split("-")[1]) for name in known if re.fullmatch(r"postgresql-\d+-postgis-3", name)}
    version = max(versions & set(installed), default=None) or max(versions, default=None) or RELEASES.get(system)
    if version is None:
        return ["postgresql", "postgresql-postgis"]
    return [f"postgresql-{version}", f"postgresql-{version}-postgis-3"]
