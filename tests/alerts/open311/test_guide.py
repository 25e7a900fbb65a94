"""The examples of docs/open311.md do what the guide says: each is sent as it stands, by the test client."""

import re
import shlex
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from django.conf import settings
from django.http import QueryDict

from alerts.models import Alert
from tests.alerts.open311.conftest import report

pytestmark = pytest.mark.django_db
GUIDE = (Path(settings.BASE_DIR) / "docs/open311.md").read_text()
EXAMPLES = [
    line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines() if line.strip()
]


def run(client, line: str):
    """What curl would send: `-d` as it is, `--data-urlencode` escaped after the name; `-G` puts both in the query."""
    program, *words = shlex.split(line)
    assert program == "curl"
    fields, address, get = QueryDict(mutable=True), "", False
    while words:
        word = words.pop(0)
        if word == "-G":
            get = True
        elif word in ("-d", "--data-urlencode"):
            name, _equals, value = words.pop(0).partition("=")
            fields.appendlist(name, value if word != "-d" else unquote_plus(value))
        else:
            address = word
    path = address.removeprefix("https://ville.example")
    if get or not fields:
        return client.get(f"{path}?{fields.urlencode()}")
    return client.post(path, fields.urlencode(), content_type="application/x-www-form-urlencoded")


def test_every_example_is_answered(client, town, asking, key):
    alert = report(town)
    assert len(EXAMPLES) >= 10
    for example in EXAMPLES:
        answer = run(client, example.replace("$CLE", key).replace("$NUMERO", alert.reference))
        assert answer.status_code == 200, (example, answer.content)
    assert Alert.objects.filter(source="open311").count() == 2
    assert alert.events.filter(transition="update").count() == 1
