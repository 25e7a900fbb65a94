"""Packages, places and locks: what `make` decides before anything starts."""

import os
import re
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.local import app, packages, paths, services, venv
from config.local.packages import Need, postgresql_packages
from config.local.paths import ROOT, Room
from config.local.say import Failure

BOOKWORM = ["postgresql-15", "postgresql-15-postgis-3", "postgresql-15-postgis-3-scripts", "postgresql-15-cron"]


# --- system packages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "system", "installed", "version"),
    [
        (BOOKWORM, "debian 12", [], 15),
        (["postgresql-17-postgis-3"], "debian 13", [], 17),
        (["postgresql-18-postgis-3"], "ubuntu 26.04", [], 18),
        ([*BOOKWORM, "postgresql-18-postgis-3"], "debian 12", [15], 15),  # what is there already
        ([*BOOKWORM, "postgresql-18-postgis-3"], "debian 12", [13], 18),
        ([], "debian 12", [], 15),  # package lists still empty
        ([], "ubuntu 24.04", [], 16),
    ],
)
def test_postgresql_by_the_name_this_release_gives_it(known, system, installed, version):
    expected = [f"postgresql-{version}", f"postgresql-{version}-postgis-3"]
    assert postgresql_packages(known, system, installed) == expected


def test_an_unknown_release_gets_the_metapackages():
    assert postgresql_packages([], "devuan 7") == ["postgresql", "postgresql-postgis"]


def test_release_file(tmp_path):
    file = tmp_path / "os-release"
    file.write_text('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n')
    assert packages.release(file) == "debian 12"
    assert packages.release(tmp_path / "none").strip() == ""


def test_without_rights_the_line_to_copy_is_exact(monkeypatch):
    missing = [Need("Redis", ("redis-server",), lambda: False), Need("PostgreSQL", (), lambda: False)]
    monkeypatch.setattr(packages, "needs", lambda **_kinds: missing)
    monkeypatch.setattr(packages, "administrator", lambda: None)
    monkeypatch.setattr(packages, "known_packages", lambda: BOOKWORM)
    monkeypatch.setattr(packages.postgres, "versions", list)
    monkeypatch.setattr(packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(Failure) as stopped:
        packages.ensure()
    line = "apt-get install -y --no-install-recommends redis-server postgresql-15 postgresql-15-postgis-3\n"
    assert line in str(stopped.value)


def test_a_service_given_by_url_needs_no_package():
    labels = {need.label for need in packages.needs(database=False, redis=False)}
    assert not any("PostgreSQL" in label or "Redis" in label for label in labels)


def test_every_package_named_exists_on_this_machine():
    """A name with a typing error would only show on a bare machine."""
    for need in packages.needs(tests=True):
        for name in need.packages:
            shown = subprocess.run(["dpkg-query", "-W", name], capture_output=True)
            assert shown.returncode == 0 or not need.missing(), name


# --- places -----------------------------------------------------------------------------------------------


def test_two_checkouts_never_meet(monkeypatch):
    monkeypatch.delenv("PARVIS_DATA", raising=False)
    monkeypatch.setattr(paths, "ROOT", Path("/srv/one"))
    one = paths.data_home()
    monkeypatch.setattr(paths, "ROOT", Path("/srv/two"))
    two = paths.data_home()
    assert one != two
    assert paths.socket_dir(one) != paths.socket_dir(two)


@pytest.mark.parametrize("user", [0, 1000])
def test_sockets_fit_the_kernels_limit(monkeypatch, user):
    monkeypatch.setattr(paths.os, "geteuid", lambda: user)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/very" * 30)
    sockets = paths.socket_dir(Path("/home/somebody") / ("long" * 60))
    assert len(str(sockets / ".s.PGSQL.5432.lock")) < paths.SOCKET_LIMIT


def test_a_link_laid_by_somebody_else_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Failure):
        paths.private_dir(tmp_path / "sockets")


def test_data_inside_the_checkout_is_refused():
    with pytest.raises(Failure, match="hors du dossier"):
        paths.make_home(ROOT / "common")


def test_one_supervisor_at_a_time(room):
    assert room.try_lock()
    code = f"from config.local.paths import Path, Room; print(Room(Path({str(room.data)!r})).try_lock())"
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, cwd=ROOT, capture_output=True, text=True).stdout.strip() == "False"
    assert Room(room.data).holder() == os.getpid()
    room.unlock()
    assert subprocess.run(run, cwd=ROOT, capture_output=True, text=True).stdout.strip() == "True"


# --- ports and addresses --------------------------------------------------------------------------------


def test_port(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        with pytest.raises(Failure, match="déjà pris"):
            app.port()
    for wrong in ("abc", "0", "70000"):
        monkeypatch.setenv("PORT", wrong)
        with pytest.raises(Failure, match="numéro de port"):
            app.port()
    monkeypatch.delenv("PORT")
    assert 8000 <= app.port() < 8100


def test_a_given_service_that_does_not_answer_is_named_without_its_password(monkeypatch, room):
    monkeypatch.setenv("DATABASE_URL", "postgis://town:hunter2@127.0.0.1:1/town")
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@127.0.0.1:1/0")
    for name in ("DATABASE_URL", "REDIS_URL"):
        with pytest.raises(Failure) as failure:
            services.probe(name, dict(os.environ))
        assert name in str(failure.value)
        assert "hunter2" not in str(failure.value)


# --- the lock ---------------------------------------------------------------------------------------------


def pins(name):
    return dict(re.findall(r"^([\w.-]+)==(\S+)", venv.lock_file(name).read_text(), re.MULTILINE))


def test_the_tests_run_the_versions_of_the_product():
    assert pins("base").items() <= pins("test").items()


@pytest.mark.parametrize("version", ["3.11.2", "3.12.3", "3.13.5"])
def test_the_lock_is_complete_for_the_pythons_of_debian_and_ubuntu(version):
    """pip refuses a lock that lacks a package asked for on another Python than the one that made it."""
    markers = {"python_version": version.rpartition(".")[0], "python_full_version": version, "extra": ""}
    locked = {canonicalize_name(name) for name in pins("test")}
    for package in metadata.distributions():
        for requirement in map(Requirement, package.requires or []):
            if requirement.marker is None or requirement.marker.evaluate(markers):
                assert canonicalize_name(requirement.name) in locked, (package.name, str(requirement))


def test_locks_name_no_index():
    for name in ("base", "test"):
        assert not re.search(
            r"^(-i|--(extra-)?index-url|--find-links|--trusted-host)|https?://",
            venv.lock_file(name).read_text(),
            re.MULTILINE,
        )


def test_local_tools_need_nothing_but_the_standard_library():
    """They run before .venv exists."""
    modules = [
        path.stem for path in (ROOT / "config/local").glob("*.py") if path.stem not in {"untranslated", "__main__"}
    ]
    code = "; ".join(f"import config.local.{name}" for name in modules)
    isolated = [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    done = subprocess.run(isolated, capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
