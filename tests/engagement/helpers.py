"""Acts to tell of."""

from django.db import transaction

from engagement.activity import services
from engagement.activity.models import Activity


@transaction.atomic
def act(number=1, **fields) -> Activity:
    """One act on thing `number`."""
    given = {
        "verb": "things.done",
        "actor": None,
        "object_type": "thing",
        "object_key": number,
        "title": f"Chose {number}",
        "url": f"/choses/{number}/",
    }
    return services.record(**given | fields)
