"""The national address base comes in whole, twice the same, and says what it leaves out."""

import io
import tracemalloc

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from geo.importers import ImportRefused
from geo.importers.addresses import import_addresses
from geo.models import Address, City, Street
from tests.geo.ban import HEADER, TOWN, VILLAGE, load, row, rows, write

pytestmark = pytest.mark.django_db


def counts(report) -> tuple[int, int, int, int]:
    return report.created, report.changed, report.unchanged, report.removed


@pytest.fixture(autouse=True)
def in_french():
    """As a French administrator runs it, whatever language an earlier test's visitor spoke."""
    with translation.override("fr"):
        yield


def test_a_second_import_changes_nothing(tmp_path):
    total = len(rows())
    assert counts(load(tmp_path)) == (total, 0, 0, 0)
    before = list(Address.objects.order_by("pk").values_list("pk", "street_id", "point"))
    assert counts(load(tmp_path)) == (0, 0, total, 0)
    assert list(Address.objects.order_by("pk").values_list("pk", "street_id", "point")) == before
    bis = Address.objects.get(number=12, suffix="bis")
    assert (bis.street.name, bis.street.city.name, bis.postcode) == ("Rue des Lilas", "Ville-sur-Test", "23450")
    assert bis.point.coords == pytest.approx((2.0206, 47.05))


def test_the_file_is_the_truth_for_the_communes_it_holds_and_for_no_other(tmp_path):
    load(tmp_path)
    town = [one for one in rows() if one["code_insee"] == "T1001"]
    moved = [
        one | {"lon": "2.5"} if one["numero"] == "20" else one for one in town if one["nom_voie"] != "Rue des Lilas"
    ]
    report = load(tmp_path, moved)
    assert (report.changed, report.removed, report.created) == (1, 5, 0)
    assert not Street.objects.filter(name="Rue des Lilas").exists()
    assert Address.objects.filter(street__city__code="T1002").count() == 2


def test_only_the_communes_asked_for_are_taken(tmp_path):
    report = load(tmp_path, communes=["T1002"])
    assert (report.created, report.cities, report.left_out) == (2, 1, len(rows()) - 2)
    assert not City.objects.filter(code="T1001").exists()
    with pytest.raises(ImportRefused, match="99999"):
        load(tmp_path, communes=["99999"])
    assert Address.objects.count() == 2


def test_a_trial_changes_nothing_and_reports_the_same(tmp_path):
    assert counts(load(tmp_path, dry_run=True)) == (len(rows()), 0, 0, 0)
    assert (Address.objects.count(), Street.objects.count(), City.objects.count()) == (0, 0, 0)


BAD = [
    ({"id": ""}, "id"),
    ({"id": "x" * 61}, "60"),
    ({"numero": "douze"}, "douze"),
    ({"numero": "-4"}, "-4"),
    ({"nom_voie": ""}, "nom_voie"),
    ({"nom_voie": "–"}, "lettre"),
    ({"nom_voie": "a" * 201}, "200"),
    ({"code_insee": ""}, "code_insee"),
    ({"lon": ""}, "lon"),
    ({"lon": "2,02"}, "2,02"),
    ({"lat": "nan"}, "nan"),
    ({"lat": "91"}, "91"),
    ({"nom_voie": "Rue\0du Zéro"}, "nul"),
    ({"cad_parcelles": "un;de;trop"}, "colonnes"),
]


@pytest.mark.parametrize(("values", "why"), BAD)
def test_a_bad_line_is_named_and_the_others_are_taken(tmp_path, values, why):
    report = load(tmp_path, [*rows(), row(**values)])
    assert (report.created, report.refused.count) == (len(rows()), 1)
    ((line, said),) = report.refused.listed
    assert line == len(rows()) + 2
    assert why in said


def test_bytes_that_are_no_text_long_lines_and_doubles_are_left_out(tmp_path):
    report = load(tmp_path, [*rows(), b"\xff\xfe;;;", b"x" * 3_000_000, rows()[0], b"", b'"' + b"a;" * 40])
    assert (report.created, report.refused.count) == (len(rows()), 4)


def test_a_stray_quote_swallows_no_other_line(tmp_path):
    lines = [row(id="a", nom_voie='Rue "du Port"'), row(id="b", nom_voie='"Rue ""du"" ; Port"'), row(id="c", rep='"')]
    report = load(tmp_path, [*lines, row(id="d")])
    assert set(Address.objects.values_list("pk", flat=True)) == {"a", "b", "d"}
    assert Address.objects.get(pk="b").street.name == 'Rue "du" ; Port'
    assert report.refused.count == 1


def test_a_hamlet_without_numbers_can_be_found(tmp_path):
    load(tmp_path, [row(id="h", numero="99999", nom_voie="Lieu-dit Bellevue"), row()])
    assert Address.objects.count() == 1
    assert Street.objects.get(name="Lieu-dit Bellevue").point.coords == (2.02, 47.05)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "numero"),
        (b"nom,adresse\nMairie,1 rue\n", "numero"),
        (";".join(HEADER).encode(), "aucune ligne"),
        (b"\x1f\x8b\x08\x00garbage", "abîmé"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5000), "numero"),
    ],
    ids=["empty", "another csv", "header only", "broken gzip", "image"],
)
def test_a_file_that_is_none_is_refused_and_nothing_changes(tmp_path, content, why):
    load(tmp_path)
    path = tmp_path / "autre.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=why):
        import_addresses(source=str(path))
    assert Address.objects.count() == len(rows())


def test_a_gzip_that_was_cut_short_removes_nobody(tmp_path):
    load(tmp_path)
    path = tmp_path / "adresses-23.csv.gz"
    write(path, rows()[:3])
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ImportRefused, match="incomplet"):
        import_addresses(source=str(path))
    assert Address.objects.count() == len(rows())


def test_the_command_tells_what_it_did(tmp_path):
    path = write(tmp_path / "adresses-23.csv.gz", [*rows(), row(id="x", lon="ici")])
    out = io.StringIO()
    call_command("import_addresses", path, "--commune", "T1001", "T1002", stdout=out)
    assert f"Adresses créées\N{NO-BREAK SPACE}: {len(rows())}" in out.getvalue()
    assert f"ligne {len(rows()) + 2}" in out.getvalue()
    with pytest.raises(CommandError, match="Rien n"):
        call_command("import_addresses", str(tmp_path / "absent.csv"))


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Ten times the lines in the same memory, Python's own."""

    def peak(count) -> int:
        lines = [
            row(**(TOWN if n % 2 else VILLAGE), id=f"a{n}", numero=str(n % 90), lon=str(2 + n / 1e6))
            for n in range(count)
        ]
        path = write(tmp_path / f"{count}.csv", lines)
        del lines
        tracemalloc.start()
        try:
            import_addresses(source=path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(20_000) < peak(2_000) + 1_000_000
