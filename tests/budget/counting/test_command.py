"""`manage.py pb_count`, which needs no database."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from budget.counting import RULES
from tests.budget.counting.test_pabulib import GOOD


@pytest.fixture
def file(tmp_path):
    def write(text: str):
        path = tmp_path / "town.pb"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def counted(*arguments) -> str:
    out = io.StringIO()
    call_command("pb_count", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_gives_its_json(file, rule):
    said = json.loads(counted(file(GOOD), "--rule", rule, "--json"))
    assert {"winners", "cost", "budget", "rule", "seconds", "hash", "steps"} <= set(said)
    assert (said["rule"], said["budget"]) == (rule, 1000)
    assert said["cost"] == sum({"a": 400, "b": 300, "c": 900}[one] for one in said["winners"])


def test_people_read_it_too(file):
    lines = counted(file(GOOD)).splitlines()
    assert lines[0] == "2 projets retenus\u00a0: 700 sur 1\u202f000, par greedy"
    assert lines[2] == '+ a Bench "Oak"; north: 3 voix; coûte 400; points 7; reste 600'
    assert lines[4] == "- c Playground: 1 voix; coûte 900; points 1; ne rentre plus; il manque 600"


def test_the_threshold_of_the_file_holds_for_greedy_threshold_alone_and_can_be_replaced(file):
    path = file(GOOD.replace("rule;greedy", "rule;greedy-threshold\nmin_project_score_threshold;4.5"))
    winners = {
        arguments: json.loads(counted(path, "--json", *arguments))["winners"]
        for arguments in (
            ("--rule", "greedy-threshold"),
            ("--rule", "greedy-threshold", "--threshold", "0"),
            ("--rule", "greedy"),
        )
    }
    assert list(winners.values()) == [["a"], ["a", "b"], ["a", "b"]]


def test_a_malformed_file_gives_its_line_and_no_trace(file, capsys):
    for text, sentence in (
        (GOOD.replace("b;300", "b;-300"), "ligne\u00a017\u00a0:\u00a0cost est négatif"),
        ("", "META manque"),
    ):
        with pytest.raises(SystemExit) as end:
            counted(file(text))
        assert end.value.code == 1
        assert sentence in capsys.readouterr().err
    with pytest.raises(SystemExit):
        counted("/nowhere.pb")
    assert "ce fichier n’existe pas" in capsys.readouterr().err


def test_an_option_that_the_rule_does_not_know_is_refused(file, capsys):
    with pytest.raises(SystemExit):
        counted(file(GOOD), "--rule", "phragmen", "--stop", "overshoot")
    assert "La règle phragmen ne connaît pas --stop" in capsys.readouterr().err
    counted(file(GOOD), "--rule", "majority-judgment")
    assert "lus comme des mentions" in capsys.readouterr().err


def test_it_runs_on_a_bare_machine_with_nothing_of_a_city(file):
    """No database, no secret, and none of the libraries that a city needs."""
    code = (
        "import runpy, sys; runpy.run_path('manage.py', run_name='__main__');"
        "print([one for one in ('celery', 'allauth', 'shapely', 'pyarrow', 'psycopg') if one in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, "pb_count", file(GOOD)],
        cwd=Path(__file__).parents[3],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.startswith("2 projets retenus")
    assert said.stdout.splitlines()[-1] == "[]"
