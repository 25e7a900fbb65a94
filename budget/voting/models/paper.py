"""The ballot paper: which projects stand on it, under which number."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from budget.participatory.models import Envelope
from budget.proposals.models import MAX_TITLE, Proposal


class PaperLine(models.Model):
    """A project on the ballot paper of an envelope. From the opening on the database refuses any change."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="paper")
    number = models.PositiveSmallIntegerField(_("number"))
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="paper_lines")
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    cost = models.BigIntegerField(_("cost (cents)"))

    class Meta:
        ordering = ["envelope", "number"]
        verbose_name = _("line of the ballot paper")
        verbose_name_plural = _("lines of the ballot paper")
        constraints = [
            models.UniqueConstraint(fields=["envelope", "number"], name="paper_number_once"),
            models.UniqueConstraint(fields=["envelope", "proposal"], name="paper_proposal_once"),
            models.CheckConstraint(condition=Q(number__gt=0, cost__gte=0), name="paper_line_possible"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("concerned", "bigint")],
                func="""
                concerned := CASE WHEN TG_OP = 'DELETE' THEN OLD.envelope_id ELSE NEW.envelope_id END;
                IF EXISTS (SELECT FROM participatory_phase AS phase
                           JOIN participatory_envelope AS envelope ON envelope.budget_id = phase.budget_id
                           WHERE phase.kind = 'voting' AND phase.opens_at <= now()
                             AND envelope.id IN (concerned, CASE TG_OP WHEN 'UPDATE' THEN OLD.envelope_id END)) THEN
                    RAISE EXCEPTION 'the vote has begun: the paper is frozen' USING ERRCODE = 'check_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"
