"""Days and ages are written as people say them."""

import datetime as dt

import pytest
from django.utils import translation

from common.dates import ago, long_date

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "form", "french", "english"),
    [
        (None, "DATE_FORMAT", "", ""),
        (dt.date(2026, 12, 1), "DATE_FORMAT", "1er décembre 2026", "Dec. 1, 2026"),
        (dt.date(2026, 12, 11), "DATE_FORMAT", "11 décembre 2026", "Dec. 11, 2026"),
        (dt.date(2026, 6, 1), "l j F", "lundi 1er juin", "Monday 1 June"),
        # In Paris it is the first already.
        (
            dt.datetime(2026, 6, 30, 22, 1, tzinfo=dt.UTC),
            "j F Y, H:i",
            "1er juillet 2026, 00:01",
            "1 July 2026, 00:01",
        ),
    ],
)
def test_the_first_of_a_month_is_written_as_it_is_said(value, form, french, english):
    for language, words in (("fr", french), ("en", english)):
        with translation.override(language):
            assert long_date(value, form) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (dt.timedelta(minutes=-5), "à l'instant"),
        (dt.timedelta(seconds=59), "à l'instant"),
        (dt.timedelta(minutes=1), "il y a 1 minute"),
        (dt.timedelta(hours=5), "il y a 5 heures"),
        (dt.timedelta(days=45), "il y a 45 jours"),
        (dt.timedelta(days=62), "il y a 2 mois"),
        (dt.timedelta(days=345), "il y a presque 1 an"),
        (dt.timedelta(days=366), "il y a 1 an"),
        (dt.timedelta(days=400), "il y a 1 an et 1 mois"),
        (dt.timedelta(days=670), "il y a presque 2 ans"),
        (dt.timedelta(days=740), "il y a 2 ans"),
        (dt.timedelta(days=900), "il y a plus de 2 ans"),
        (dt.timedelta(days=1080), "il y a presque 3 ans"),
    ],
)
def test_an_age_is_said_in_the_words_that_tell_most(span, words):
    with translation.override("fr"):
        assert ago(NOW - span, NOW).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") == words
