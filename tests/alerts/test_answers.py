"""Answers to a category's questions, as a form or the API gives them."""

import datetime as dt

import pytest
from django.utils import timezone

from alerts.answers import check
from alerts.models import Question

TODAY = dt.timedelta()
DAY = dt.timedelta(days=1)


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
