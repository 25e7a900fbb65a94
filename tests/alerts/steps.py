"""What tests do with a report, in a word each."""

from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from alerts import services
from alerts.models import Alert
from alerts.workflow import WORKFLOW
from engagement.activity.services import hand_on, send_waiting

AUTHOR = "auteur@example.org"


def reported(town, **changes) -> Alert:
    given = {"category": town.street_light, "point": town.IN_WEST, "description": "Éteint.", "contact_email": AUTHOR}
    return services.report(**given | changes)


def act(alert, name, actor, message="Voilà.", **more) -> Alert:
    return services.apply(alert=alert, transition=name, actor=actor, message=message, **more)


def join(alert, into, agent) -> None:
    """Make `alert` a duplicate of `into`."""
    with transaction.atomic():
        alert = services.locked(alert)
        event = services.step(alert=alert, act=WORKFLOW.by_name["merge"], actor=agent)
        alert.duplicate_of = into
        alert.save()
        services.announce(alert, event)


def deliver() -> None:
    while hand_on():
        pass
    send_waiting()


def sent() -> dict[str, str]:
    """{address: subject and body} of the mails that leave now. A person gets one."""
    mail.outbox.clear()
    deliver()
    bodies = {message.to[0]: f"{message.subject}\n{message.body}" for message in mail.outbox}
    assert len(bodies) == len(mail.outbox)
    return bodies


def read(client, url) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def queries_of(client, url) -> int:
    """How many queries that page costs."""
    with CaptureQueriesContext(connection) as queries:
        read(client, url)
    return len(queries)
