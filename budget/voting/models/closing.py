"""How a vote ended: who called for it, who confirmed it, and what was found."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from budget.participatory.models import Budget


class ClosingCall(models.Model):
    """Somebody with a mandate asks to close; somebody else confirms it (Closing)."""

    budget = models.OneToOneField(Budget, models.CASCADE, related_name="closing_call", primary_key=True)
    called_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    witnesses = models.TextField(_("witnesses present"), blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    called_at = models.DateTimeField()

    class Meta:
        verbose_name = _("call to close the vote")


class Closing(models.Model):
    """The public record of the end of a vote. Appended, never edited.

    `envelopes`: {slug: {"ballots": …, "channels": {…}, "links": …, "head": …, "file": SHA-256 of the file of ballots,
    "problems": what published.verify found just before}}.
    `source` says where ballots come from that were cast elsewhere; such a vote has no people who closed it here.
    """

    budget = models.OneToOneField(Budget, models.PROTECT, related_name="closing", primary_key=True)
    closed_at = models.DateTimeField(_("closed"))
    called_by = models.CharField(_("called by"), max_length=300, blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=300, blank=True)
    witnesses = models.TextField(_("witnesses present"), blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    envelopes = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("closing of a vote")
        verbose_name_plural = _("closings of votes")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="after_the_vote",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                IF EXISTS (SELECT FROM participatory_phase AS phase
                           WHERE phase.budget_id = NEW.budget_id AND phase.kind = 'voting'
                             AND (phase.closes_at IS NULL OR phase.closes_at > now())) THEN
                    RAISE EXCEPTION 'the vote is still open' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]
