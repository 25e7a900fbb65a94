"""The life of an alert, in one table: which act leads from where to where, and whether the public must be told why."""

from django.utils.translation import gettext_lazy as _

from common.workflow import State, Transition, Workflow

WORKFLOW = Workflow(
    initial="received",
    states=(
        State("received", _("received"), group="open"),
        State("qualified", _("qualified"), group="open"),
        State("planned", _("planned"), group="progress"),
        State("in_progress", _("in progress"), group="progress"),
        State("resolved", _("resolved"), group="fixed", final=True),
        State("rejected", _("not taken up"), group="closed", final=True),
    ),
    transitions=(
        Transition("qualify", _("Qualify"), frozenset({"received"}), "qualified", "alerts.handle_alert"),
        Transition(
            "plan",
            _("Plan"),
            frozenset({"received", "qualified", "planned", "in_progress"}),
            "planned",
            "alerts.handle_alert",
            message_required=True,
        ),
        Transition(
            "start",
            _("Start the work"),
            frozenset({"qualified", "planned"}),
            "in_progress",
            "alerts.handle_alert",
        ),
        Transition(
            "resolve",
            _("Resolve"),
            frozenset({"received", "qualified", "planned", "in_progress"}),
            "resolved",
            "alerts.handle_alert",
            message_required=True,
        ),
        Transition(
            "reject",
            _("Do not take up"),
            frozenset({"received", "qualified", "planned", "in_progress"}),
            "rejected",
            "alerts.handle_alert",
            message_required=True,
        ),
        Transition(
            "transfer",
            _("Send to another service"),
            frozenset({"received", "qualified", "planned", "in_progress"}),
            "received",
            "alerts.handle_alert",
            message_required=True,
        ),
        Transition(
            "reopen",
            _("Reopen"),
            frozenset({"resolved", "rejected"}),
            "qualified",
            "alerts.handle_alert",
            message_required=True,
        ),
    ),
)

# Public colours of the groups: text on white reaches 4.5:1, and each has a sign of its own.
GROUPS = {
    "open": (_("Open"), "#b3261e", "!"),
    "progress": (_("Under way"), "#8a5a00", "…"),
    "fixed": (_("Resolved"), "#1d6b3a", "✓"),
    "closed": (_("Closed"), "#5a5f6a", "×"),
}
