"""The price list from a file: all or nothing, each mistake with its line, twice as once."""

import pytest
from django.core.management import CommandError, call_command

from budget.proposals.models import Price
from tests.budget.proposals.helpers import make_budget

pytestmark = pytest.mark.django_db
HEADER = "nom;thème;unité;prix;année;code"


@pytest.fixture
def run(town, tmp_path, capsys):
    make_budget(town)

    def imported(*lines: str, text: bytes | None = None) -> str:
        path = tmp_path / "prix.csv"
        path.write_bytes(text if text is not None else "\n".join(lines).encode())
        call_command("import_prices", path)
        return capsys.readouterr().out

    return imported


def test_prices_are_added_and_changed_and_twice_is_once(run):
    lines = [
        HEADER,
        "Banc en bois;Nature;;1 350,50 €;2026;banc",
        "Voie;velo;m;400;2026;",
        "",
        "Pré;nature;m²;12.5;2027;",
    ]
    assert run(*lines) == "2 nouveaux, 1 changé(s), 0 sans changement.\n"
    found = Price.objects.values_list("code", "name", "theme__code", "unit", "cost", "year").order_by("code")
    assert list(found.exclude(code="piste")) == [
        ("banc", "Banc en bois", "nature", "each", 135_050, 2026),
        ("pre", "Pré", "nature", "m2", 1_250, 2027),
        ("voie", "Voie", "velo", "m", 40_000, 2026),
    ]
    assert Price.objects.filter(code="piste").exists(), "what the file does not have stays"
    assert found.filter(code="banc", source="Marchés de la ville").exists(), "a column too"
    assert run(*lines) == "0 nouveaux, 0 changé(s), 3 sans changement.\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Banc;Nature;;cher;2026;b", "Ligne 3, coût d'une unité"),
        ("Banc;Nature;;-3;2026;b", "Ligne 3"),
        ("Banc;Musique;;3;2026;b", "Musique"),
        ("Banc;Nature;litre;3;2026;b", "Ligne 3, Unité"),
        ("Banc;Nature;;3;an;b", "Ligne 3"),
        ("Banc;Nature;;3;99999999999999999999;b", "Ligne 3"),
        (";Nature;;3;2026;b", "Ligne 3, Nom"),
        ("Banc;Nature;;3;2026;a", "ligne 2 déjà"),
        ("Banc;Nature;;3;2026;b;x", "ligne 3 a 7 colonnes au lieu de 6"),
    ],
)
def test_a_mistake_is_named_by_its_line_and_nothing_is_kept(run, line, said):
    before = list(Price.objects.values())
    with pytest.raises(CommandError) as refused:
        run(HEADER, "Arbre;Nature;;300;2026;a", line)
    assert said in str(refused.value).replace("\u2019", "'")
    assert list(Price.objects.values()) == before


@pytest.mark.parametrize("text", [b"", b"nom;prix", b"\xff\xfe", HEADER.encode(), b"nom;nom;prix;annee", b"a\0" * 99])
def test_what_is_no_price_list_is_refused(run, text):
    with pytest.raises(CommandError, match="Rien n"):
        run(text=text)
