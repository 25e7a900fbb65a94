"""docker-compose.yml and Dockerfile name things that exist; no engine is needed to see it."""

import re

import yaml

from config.local.app import QUEUES
from config.local.paths import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "beat", "migrate")


def text(path):
    return (ROOT / path).read_text()


def test_every_service_is_there_and_watched():
    assert set(SERVICES) == {*OURS, "postgis", "redis", "proxy"}
    for name, service in SERVICES.items():
        assert "healthcheck" in service or name == "migrate", name


def test_workers_can_be_multiplied():
    assert not {"container_name", "ports", "hostname"} & set(SERVICES["worker"])


def test_only_the_proxy_is_open_to_the_world():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_volumes_are_named_and_declared():
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }
    assert used == set(COMPOSE["volumes"])
    # Photos a worker prepares are served by the web server.
    assert "media:/data/media" in SERVICES["web"]["volumes"]
    assert "media:/data/media" in SERVICES["worker"]["volumes"]
    # Files a worker makes are fetched from the web server.
    assert "exports:/data/exports" in SERVICES["web"]["volumes"]
    assert "exports:/data/exports" in SERVICES["worker"]["volumes"]


def test_the_two_secrets_and_nothing_else_must_be_filled_in():
    required = set(re.findall(r"\$\{(\w+):\?[^}]+\}", text("docker-compose.yml")))
    assert required == {"SECRET_KEY", "POSTGRES_PASSWORD"}
    for name in required:
        line = re.search(rf"^{name}=(.*)$", text(".env.example"), re.MULTILINE)
        assert line[1] == "", f"{name} has a value in .env.example"
        assert name in text("README.md")
        assert name in text("docs/deployment.md")


def test_variables_are_read_somewhere():
    settings = "".join(path.read_text() for path in (ROOT / "config/settings").glob("*.py"))
    outside = {"DJANGO_SETTINGS_MODULE", "FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY"}  # Django's and uvicorn's own
    for name in set(SERVICES["web"]["environment"]) - outside:
        assert f'"{name}"' in settings, name


def test_settings_without_a_default_are_given():
    required = set(re.findall(r'env(?:\.list)?\("(\w+)"\)', text("config/settings/production.py")))
    assert required <= set(SERVICES["web"]["environment"])


def test_dependencies_exist_and_wait_for_health():
    for service in SERVICES.values():
        for name, condition in service.get("depends_on", {}).items():
            done = "service_completed_successfully" if name == "migrate" else "service_healthy"
            assert (name in SERVICES, condition["condition"]) == (True, done)


def test_commands_name_what_exists():
    assert SERVICES["worker"]["command"][SERVICES["worker"]["command"].index("-Q") + 1] == QUEUES
    for name in ("worker", "beat"):
        assert SERVICES[name]["command"][:3] == ["celery", "-A", "config.celery"]
    assert (ROOT / "config/celery.py").exists()
    assert (ROOT / SERVICES["migrate"]["command"][1]).exists()
    for volume in SERVICES["proxy"]["volumes"]:
        if volume.startswith("./"):
            assert (ROOT / volume.split(":")[0]).exists()


def test_image_runs_as_nobody_in_particular():
    last = text("Dockerfile").split("\nFROM ")[-1]
    assert re.search(r"^USER parvis$", last, re.MULTILINE)
    assert "--require-hashes" in text("Dockerfile")
    for source in re.findall(r"^COPY (?!--from)(\S+) ", text("Dockerfile"), re.MULTILINE):
        assert (ROOT / source).exists()


def test_no_secret_reaches_the_image():
    assert {".env", ".git"} <= set(text(".dockerignore").split())
