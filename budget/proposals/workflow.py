"""The life of a proposal, in one table: which act leads from where to where, who may, who must be told why."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.workflow import State, Transition, Workflow

OWN, STUDY, SIGN, RUN = (
    "proposals.own_proposal",
    "proposals.study_proposal",
    "proposals.sign_proposal",
    "proposals.run_proposal",
)
# Those that no longer stand for themselves.
GONE = ("merged", "split", "withdrawn")
BEFORE_VOTE = frozenset({"posted", "study", "feasible", "unfeasible"})

WORKFLOW = Workflow(
    initial="posted",
    states=(
        State("posted", _("proposed"), group="open"),
        State("study", _("being studied"), group="progress"),
        State("feasible", _("can be done"), group="fixed"),
        State("unfeasible", _("cannot be done"), group="closed", final=True),
        State("elected", _("chosen by the vote"), group="fixed"),
        State("not_elected", _("not chosen"), group="closed", final=True),
        State("underway", _("works under way"), group="progress"),
        State("delivered", pgettext_lazy("a proposal", "done"), group="fixed", final=True),
        State("abandoned", _("given up"), group="closed", final=True),
        State("merged", _("joined with another"), group="closed", final=True),
        State("split", _("split into several"), group="closed", final=True),
        State("withdrawn", _("withdrawn by its author"), group="closed", final=True),
    ),
    transitions=(
        Transition("study", _("Study"), frozenset({"posted"}), "study", STUDY),
        Transition("accept", _("It can be done"), frozenset({"posted", "study"}), "feasible", SIGN, True),
        Transition("refuse", _("It cannot be done"), frozenset({"posted", "study"}), "unfeasible", SIGN, True),
        Transition("review", _("Study again"), frozenset({"feasible", "unfeasible"}), "study", STUDY, True),
        Transition("merge", _("Join with another"), BEFORE_VOTE, "merged", RUN, True),
        Transition("split", _("Split into several"), BEFORE_VOTE, "split", RUN, True),
        Transition("withdraw", _("Withdraw"), frozenset({"posted"}), "withdrawn", OWN),
        Transition("elect", _("Chosen by the vote"), frozenset({"feasible"}), "elected", RUN),
        Transition("pass_over", _("Not chosen by the vote"), frozenset({"feasible"}), "not_elected", RUN),
        Transition("start", _("Begin the works"), frozenset({"elected"}), "underway", STUDY),
        Transition("deliver", _("It is done"), frozenset({"elected", "underway"}), "delivered", STUDY, True),
        Transition("abandon", _("Give up"), frozenset({"elected", "underway"}), "abandoned", SIGN, True),
    ),
)

# Public colours of the groups: text on white reaches 4.5:1, and each has a sign of its own.
GROUPS = {
    "open": (_("New"), "#2438a8", "+"),
    "progress": (_("Under way"), "#8a5a00", "…"),
    "fixed": (_("Yes"), "#1d6b3a", "✓"),
    "closed": (_("No"), "#5a5f6a", "×"),
}
