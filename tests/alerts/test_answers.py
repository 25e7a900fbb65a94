"""Answers to a category's questions, as a form or the API gives them."""

import datetime as dt

import pytest
from django.utils import timezone

from alerts.answers import check
from alerts.models import Question

TODAY = dt.timedelta()
DAY = dt.timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "kept"), [("12", "12"), ("1,5", "1.5"), ("0", "0"), ("-5", None), ("1_0", None)])
def test_a_number_is_zero_or_more(town, text, kept):
    question = Question.objects.create(category=town.pothole, code="profondeur", label="?", type="number")
    checked = check([question], {"profondeur": [text]})
    assert checked.answers == ({"profondeur": kept} if kept else {})
    assert bool(checked.errors) == (kept is None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("after", "form", "taken"),
    [
        (TODAY, "%Y-%m-%d", True),
        (-DAY, "%d/%m/%Y", True),
        (-DAY, "%Y-%m-%dT%H:%M:%S%z", True),
        (DAY, "%Y-%m-%d", False),
        (3650 * DAY, "%d/%m/%Y", False),
    ],
)
def test_since_when_is_no_day_still_to_come(town, after, form, taken):
    question = Question.objects.create(category=town.pothole, code="depuis", label="Depuis ?", type="datetime")
    day = timezone.localtime() + after
    checked = check([question], {"depuis": [day.strftime(form)]})
    assert checked.answers == ({"depuis": day.date().isoformat()} if taken else {})
    assert list(checked.errors) == ([] if taken else ["depuis"])
