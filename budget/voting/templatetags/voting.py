"""Words of the vote: how one fills a paper in, what is left."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budget.participatory.models import Envelope
from common.money import euros

register = template.Library()


@register.filter
def unlocalize(number) -> str:
    """The number as programs read it."""
    return str(number)


@register.simple_tag
def how_to_vote(envelope: Envelope) -> str:
    """What one does with this paper, in a sentence or two."""
    most, points, each = envelope.max_choices, envelope.max_points, envelope.max_points_each
    said = {
        "money": _("Choose the projects you want. Together they cost at most %(amount)s."),
        "approval": _("Choose the projects you want, as many as you like.")
        if most is None
        else ngettext("Choose %(most)s project.", "Choose up to %(most)s projects.", most),
        "one": _("Choose one project."),
        "points": _("Share points between the projects you want.")
        if points is None
        else ngettext(
            "Share %(points)s point between the projects you want.",
            "Share %(points)s points between the projects you want.",
            points,
        ),
        "ranking": _("Put the projects you want in your order: 1 for the one you want most."),
        "grades": _("Give each project a grade. Without one it counts as “to be rejected”."),
    }[envelope.ballot]
    found = said % {"amount": euros(envelope.amount), "most": most, "points": points}
    if envelope.ballot == "points" and each is not None:
        found += " " + ngettext("At most %(each)s for one.", "At most %(each)s for one.", each) % {"each": each}
    if envelope.ballot in ("money", "points", "ranking") and most is not None:
        found += " " + ngettext("At most %(most)s project.", "At most %(most)s projects.", most) % {"most": most}
    return found


@register.simple_tag
def left_in_words(tally: dict) -> str:
    """What is left in a cart (sheets.tally), as the bar says it."""
    said, left = for_script(), tally["left"]
    if tally["kind"] == "money":
        name, values = ("over", {"over": euros(-left)}) if left < 0 else ("left", {"left": euros(left)})
        return said[name].format(**values, total=euros(tally["total"]))
    if tally["kind"] == "points" and left is not None:
        return said["pointsOver" if left < 0 else "pointsLeft"].format(left=left, over=-left, total=tally["total"])
    name = "graded" if tally["kind"] == "grades" else "chosen" if tally["total"] is None else "chosenOf"
    return said[name].format(**tally)


def for_script() -> dict[str, str]:
    """The sentences of the bar, which ballot.js fills in too."""
    return {
        "left": _("{left} left of {total}"),
        "over": _("{over} too much"),
        "pointsLeft": _("Points left: {left} of {total}"),
        "pointsOver": _("Points too many: {over}"),
        "graded": _("Projects graded: {count}"),
        "chosen": _("Projects chosen: {count}"),
        "chosenOf": _("Projects chosen: {count} of {total} at most"),
        "tooDear": _("Costs {over} more than what is left. Take another project away to make room."),
        "full": _("You have chosen as many as you can. Take another project away to make room."),
    }
