"""A question without end is given up, in words, and only where somebody waits for a page."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path

from config.urls import urlpatterns as ours


def endless(request):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', '30ms', true)")
        cursor.execute("SELECT pg_sleep(60)")
    return HttpResponse()


urlpatterns = [path("endless/", endless), *ours]


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_it_is_said_in_words_to_people_and_as_json_to_programs(client, caplog):
    for accept, said in (("text/html", "pris trop de temps"), ("*/*", '"code": "Busy"')):
        answer = client.get("/endless/", headers={"accept": accept})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert said in answer.content.decode()
    assert "no answer in time to /endless/" in caplog.text


@pytest.mark.parametrize(("module", "limit"), [("config.asgi", "1min"), ("config.celery", "0")])
def test_pages_have_a_limit_and_workers_none(module, limit, db):
    code = (
        f"import {module}, django; django.setup(); from django.db import connection\n"
        "with connection.cursor() as c: c.execute('SHOW statement_timeout'); print(c.fetchone()[0])"
    )
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_STATEMENT_TIMEOUT"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=given, capture_output=True, text=True
    )
    assert done.stdout.strip() == limit, done.stderr
