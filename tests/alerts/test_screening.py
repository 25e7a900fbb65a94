"""What leads to a person is masked; numbers that lead to nobody stay."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.screening import MASK, harmless, screen

PERSONAL = [
    "jeanne.martin@exemple.fr",
    "j+ville@sous.domaine.exemple.org",
    "jeanne.martin (at) exemple.fr",
    "jeanne arobase exemple point fr",
    "06 12 34 56 78",
    "0612345678",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "01/23/45/67/89",
    "06 123 456 78",
    "06\u00a012\u00a034\u00a056\u00a078",
    "+33 6 12 34 56 78",
    "+33(0)6 12 34 56 78",
    "+33 (0) 612345678",
    "0033 6 12 34 56 78",
    "+44 20 7946 0958",
    "00 32 2 555 12 12",
    "AB-123-CD",
    "ab-123-cd",
    "AB 123 CD",
    "AB123CD",
    "1234 VW 75",
    "123 ABC 2A",
    "4321-XY-974",
    "1234AB31",
    "FR76 3000 6000 0112 3456 7890 189",
    "FR7630006000011234567890189",
    "fr76 3000 6000 0112 3456 7890 189",
    "DE89 3704 0044 0532 0130 00",
    "1 84 12 76 451 089 46",
    "184127645108946",
    "2 91 03 2A 004 123 45",
    "4970 1012 3456 7890",
    "https://exemple.fr/compte?jeton=a1b2c3",
    "https://jeanne:secret@exemple.fr/",
    "https://ville.exemple/signalements/suivi/q3ZbY7tF1kP0sXwL9aVnM2dRcE8hUjTo/",
    "https://exemple.fr/d/5f4dcc3b5aa765d61d8327deb882cf99",
    "https://exemple.fr/d/6d2f1c3a-9b0e-4f6a-8a57-1d2c3b4a5f60",
]
ORDINARY = [
    "12 bis rue des Lilas, 31000 Toulouse",
    "Au 123 de la rue, côté pair",
    "AU 123 DE LA RUE, EN FACE DU 250 ET DU 252",
    "LE 120 ET LE 130 SONT ÉTEINTS",
    "du 120 au 140 boulevard de la République",
    "le 2026-11-23 à 14 h 30",
    "2026-11-23T14:30:00+01:00",
    "depuis le 05/12/2026 14h30",
    "depuis le 05-12-2026 14:30",
    "06.12.2026 14h",
    "12 000 €",
    "1 250 000,50 €",
    "un trou de 30 cm sur 40 cm, 15 kg de gravats",
    "lampadaires 1024, 1025 et 1026",
    "poteau n° LAMP-00417",
    "dossier 2026/0000123",
    "référence 7K2M9QXB",
    "47.061234567, 2.020000001",
    "SIRET 130 025 265 00013",
    "appeler le 15, le 112 ou le 3975",
    "la RN 20 vers la RD 813",
    "12 DEC 26",
    "50 KM 30",
    "ligne 14 de 5 h 30 à 0 h 45",
    "https://ville.exemple/travaux/rue-des-lilas-2026",
    "www.ville.exemple/dechets",
    "",
]


@pytest.mark.parametrize("personal", PERSONAL)
def test_personal_data_is_masked_and_the_sentence_stays(personal):
    assert screen(personal) == MASK
    assert screen(f"Le voisin ({personal}) est prévenu.") == f"Le voisin ({MASK}) est prévenu."
    assert screen(f"Voir : {personal}\nMerci") == f"Voir : {MASK}\nMerci"


@pytest.mark.parametrize("ordinary", ORDINARY)
def test_other_numbers_and_links_stay(ordinary):
    assert screen(ordinary) == ordinary


TOKENS = st.lists(
    st.sampled_from([*PERSONAL, *ORDINARY, "a", " ", "\n", ".", "-", "@", "0", "7", "é", "Éteint "]), max_size=12
)


@given(TOKENS.map("".join) | st.text())
def test_screening_twice_is_screening_once(text):
    assert screen(screen(text)) == screen(text)


@given(TOKENS.map("".join) | st.text())
def test_what_is_called_harmless_would_not_be_changed(text):
    assert screen(text) == text or not harmless(text)


@given(st.lists(st.sampled_from(PERSONAL), min_size=1, max_size=4), st.sampled_from([" ; ", "\n", " — ", " (x) "]))
def test_none_of_several_is_left(several, between):
    screened = screen(between.join(several))
    assert screened.count(MASK) == len(several)
    assert not any(one in screened for one in several)


@given(st.from_regex(r"0[1-9]( ?)[0-9]{2}(\1[0-9]{2}){3}", fullmatch=True))
def test_every_french_number_is_masked(number):
    assert screen(f"Tél. {number}.") == f"Tél. {MASK}."


@given(st.text(alphabet=st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@"), max_size=300))
def test_a_text_without_digit_address_or_link_is_untouched(text):
    if not any(hint in text.lower() for hint in ("://", "www.", "arobase", "(a", "[a")):
        assert screen(text) == text


def test_no_text_takes_long():
    hostile = [
        "1" + "a" * 4000,
        "0" * 4000,
        "a." * 2000 + "1",
        "+1" * 2000,
        "AB1 " * 1000,
        "1@" * 2000,
        "http://" * 500,
        "http://" + "?" * 4000 + "1",
    ]
    started = time.perf_counter()
    for text in hostile:
        screen(text)
    assert time.perf_counter() - started < 2
