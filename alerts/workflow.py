"""The life of an alert, in one table: which act leads from where to where, who may, who must be told why."""

from django.utils.translation import gettext_lazy as _

from common.workflow import State, Transition, Workflow

HANDLE, OWN = "alerts.handle_alert", "alerts.own_alert"
OPEN = frozenset({"received", "qualified", "planned", "in_progress", "waiting"})
CLOSED = frozenset({"resolved", "rejected", "not_found"})
# Acts that name another report: alerts.services has functions of their own for them.
TOGETHER = ("merge", "unmerge")

WORKFLOW = Workflow(
    initial="received",
    states=(
        State("received", _("received"), group="open"),
        State("qualified", _("qualified"), group="progress"),
        State("planned", _("planned"), group="progress"),
        State("in_progress", _("in progress"), group="progress"),
        State("waiting", _("question asked"), group="progress"),
        State("resolved", _("resolved"), group="fixed", final=True),
        State("rejected", _("not taken up"), group="closed", final=True),
        State("not_found", _("not found there"), group="closed", final=True),
        State("duplicate", _("reported already"), group="closed", final=True),
    ),
    transitions=(
        Transition("qualify", _("Qualify"), frozenset({"received", "waiting"}), "qualified", HANDLE),
        Transition("plan", _("Plan"), OPEN, "planned", HANDLE, message_required=True),
        Transition("start", _("Start the work"), OPEN - {"received", "in_progress"}, "in_progress", HANDLE),
        Transition("resolve", _("Resolve"), OPEN, "resolved", HANDLE, message_required=True),
        Transition("ask", _("Ask the person a question"), OPEN, "waiting", HANDLE, message_required=True),
        Transition("not_found", _("Not found there"), OPEN, "not_found", HANDLE, message_required=True),
        Transition("reject", _("Do not take up"), OPEN, "rejected", HANDLE, message_required=True),
        Transition("transfer", _("Send to another service"), OPEN, "received", HANDLE, message_required=True),
        Transition("reopen", _("Reopen"), CLOSED, "qualified", HANDLE, message_required=True),
        Transition("merge", _("Join with another report"), OPEN, "duplicate", HANDLE),
        Transition("unmerge", _("Separate again"), frozenset({"duplicate"}), "qualified", HANDLE, restores=True),
        Transition("reply", _("Answer the question"), frozenset({"waiting"}), "qualified", OWN, message_required=True),
        Transition("withdraw", _("It is solved"), OPEN, "resolved", OWN),
        Transition("contest", _("It is not solved"), CLOSED, "received", OWN, message_required=True),
    ),
)

# Public colours of the groups: text on white reaches 4.5:1, and each has a sign of its own.
GROUPS = {
    "open": (_("Open"), "#b3261e", "!"),
    "progress": (_("Under way"), "#8a5a00", "…"),
    "fixed": (_("Resolved"), "#1d6b3a", "✓"),
    "closed": (_("Closed"), "#5a5f6a", "×"),
}
