"""Reports of another system: imported once, refused with a reason, and followed when they change there."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts import services
from alerts.models import Alert, AlertEvent, Category
from engagement.activity.models import Activity
from tests.conftest import box, make_territory
from tests.geo.realdata import FOLDER, needed

pytestmark = pytest.mark.django_db
MAPPING = """
system = "ancien"
delimiter = ","
[fields]
key = "id"
description = "text"
created = "day"
closed = "end"
lon = "x"
lat = "y"
category = "kind"
status = "state"
answer = "answer"
[status]
"clos" = "resolved"
[categories]
"Lampadaire" = "lampadaire"
"Lampadaire / trou" = "nid-de-poule"
"""
HEAD = "id,text,day,end,x,y,kind,state,answer\n"
GOOD = (
    "1,Éteint,2024-03-01,2024-03-09,2.02,47.05,Lampadaire cassé,clos,Réparé\n"
    "2,Noir,01/04/2024 08:30,,2.07,47.05,lampadaire,,\n"
)


@pytest.fixture
def run(tmp_path):
    """`run(text, **options)` imports that CSV; returns what the command says and the refused lines."""
    (tmp_path / "m.toml").write_text(MAPPING)

    def act(text, mapping=None, **options):
        (tmp_path / "a.csv").write_text(text)
        out = io.StringIO()
        refused = tmp_path / "refused.csv"
        mapping = mapping or str(tmp_path / "m.toml")
        call_command("import_alerts", tmp_path / "a.csv", mapping=mapping, refused=refused, stdout=out, **options)
        return out.getvalue(), list(csv.DictReader(refused.open(encoding="utf-8-sig")))

    return act


def test_reports_come_once_with_their_state_and_nobody_is_written_to(town, run):
    run(HEAD + GOOD)
    done, open_one = Alert.objects.order_by("origin_key")
    assert (done.status, done.body, done.category) == ("resolved", town.light_service, town.street_light)
    assert done.closed_at.date().isoformat() == "2024-03-08"  # midnight in Paris
    assert [event.transition for event in done.events.all()] == ["report", "resolve"]
    assert done.events.last().message == "Réparé"
    assert (open_one.status, town.east.pk in open_one.territories) == ("received", True)
    said, _refused = run(HEAD + GOOD)
    assert "Inchangés\N{NO-BREAK SPACE}: 2" in said
    assert (Alert.objects.count(), AlertEvent.objects.count(), Activity.objects.count()) == (2, 3, 0)


def test_a_change_there_is_followed_until_somebody_acts_here(town, run):
    run(HEAD + GOOD)
    closed = GOOD.replace("lampadaire,,", "lampadaire,clos,Fait")
    run(HEAD + closed)
    alert = Alert.objects.get(origin_key="2")
    assert (alert.status, alert.events.last().message) == ("resolved", "Fait")
    AlertEvent.objects.create(alert=alert, transition="reopen", to_status="qualified", actor=town.light_agent())
    Alert.objects.filter(pk=alert.pk).update(status="qualified", closed_at=None)
    run(HEAD + closed)
    assert Alert.objects.get(pk=alert.pk).status == "qualified"


def test_refused_lines_come_back_with_their_number_and_reason(town, run):
    bad = [
        "3,x,2024-01-01,,-30,40,Lampadaire,,",
        "4,x,hier,,2.02,47.05,Lampadaire,,",
        "5,x,2024-01-01,,deux,47.05,Lampadaire,,",
        "6,x,2024-01-01,,2.02,47.05,Licorne,,",
        ",x,2024-01-01,,2.02,47.05,Lampadaire,,",
        "1,x,2024-01-01,,2.02,47.05,Lampadaire,,",
        "7,x,2024-01-01,2023-01-01,2.02,47.05,Lampadaire,,",
        "8,x,2999-01-01,,2.02,47.05,Lampadaire,,",
        "9,x,2024-01-01",
        "10,x,2024-01-01,,1e999,nan,Lampadaire,,",
        "11,x,0001-01-01,,2.02,47.05,Lampadaire,,",
        "13,x,2024-01-01,9999-12-31T23:59:59-12:00,2.02,47.05,Lampadaire,clos,",
        "12,x,2015-01-01,2015-02-01,2.02,47.05,Lampadaire,clos,",
    ]
    _said, refused = run(HEAD + GOOD + "\n".join(bad) + "\n")
    assert Alert.objects.count() == 2
    assert sorted(int(row["parvis_ligne"]) for row in refused) == list(range(4, 4 + len(bad)))
    assert all(row["parvis_motif"] for row in refused)


def test_refused_lines_are_no_formulas_and_come_in_as_they_were_once_mended(town, run, tmp_path):
    line = "3,@x,2024-01-01,,-30,40,Lampadaire,,=1+1\n"
    _said, (refused,) = run(HEAD + line)
    assert (refused["text"], refused["answer"], refused["x"]) == ("'@x", "'=1+1", "-30")
    mended = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig").replace("-30,40", "2.02,47.05")
    run(mended)
    assert Alert.objects.get().description == "@x"


def test_more_lines_cost_no_more_queries(town, run):
    def queries(run_number, count):
        lines = "".join(f"{run_number}-{n},x,2024-01-01,,2.02,47.05,Lampadaire,clos,\n" for n in range(count))
        with CaptureQueriesContext(connection) as captured:
            run(HEAD + lines)
        assert Alert.objects.filter(origin_key__startswith=f"{run_number}-").count() == count
        return len(captured)

    assert queries(1, 300) == queries(2, 3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('system = "ancien"', 'system = ""'),
        ('key = "id"', ""),
        ('key = "id"', 'key = "id"\ncolour = "x"'),
        ('"resolved"', '"melted"'),
        ('"nid-de-poule"', '"licorne"'),
        ('key = "id"', 'key = "nothing"'),
        ("[fields]", "[fields"),
        ('key = "id"', "key = 3"),
        ('key = "id"', 'key = "id"\nplace = "text"'),
        ('lon = "x"\nlat = "y"', 'place = ["x", "y"]'),
        ('lon = "x"', 'lon = ["x", "id"]'),
        ('lon = "x"', 'lon = "longitude"'),
        ('delimiter = ","', 'delimiter = "::"'),
        ('delimiter = ","', 'delimiter = ","\nencoding = "latin-99"'),
        ('delimiter = ","', 'delimiter = ","\ntime_zone = "Europe/Lutetia"'),
        ("[categories]", "[categories]\nx = 1"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_before_anything(town, run, tmp_path, old, new):
    assert old in MAPPING
    (tmp_path / "bad.toml").write_text(MAPPING.replace(old, new))
    with pytest.raises(CommandError):
        run(HEAD + GOOD, mapping=str(tmp_path / "bad.toml"))
    assert not Alert.objects.exists()


def test_what_was_erased_does_not_come_back_by_its_file(town, run):
    run(HEAD + GOOD)
    Category.objects.update(erase_days=400)
    services.erase()
    said, refused = run(HEAD + GOOD)
    assert Alert.objects.filter(origin_key="1").count() == 0
    assert [row["id"] for row in refused] == ["1"]
    assert "Inchangés\N{NO-BREAK SPACE}: 1" in said


@needed
def test_dansmarue_comes_in_by_the_shipped_mapping(town, run):
    make_territory("commune", "75056", "Paris", box(2.2, 48.8, 2.5, 48.95))
    for code in ("graffiti", "corbeille", "arbre", "fuite", "stationnement", "trottoir", "autre"):
        Category.objects.create(code=code, name=code)
    Category.objects.update(erase_days=None)
    text = (FOLDER / "paris/dans-ma-rue-sample.csv").read_text(encoding="utf-8-sig")
    run(text, mapping="dansmarue")
    found = dict(
        Alert.objects.values_list("category__code")
        .order_by("category__code")
        .values_list("origin_key", "category__code")
    )
    assert found == {"292049": "graffiti", "292067": "graffiti", "292085": "depot-sauvage", "292118": "graffiti"}
    assert Alert.objects.statistics()["median_closing"] is None
