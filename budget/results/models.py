"""Counts of votes, who asked for them, and where an election that was held elsewhere comes from."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from budget.participatory.models import Envelope, Rule


class CountOrder(models.Model):
    """Somebody in office asks to count an envelope. A worker does it, now or at the next sweep; it is done once."""

    envelope = models.OneToOneField(Envelope, models.PROTECT, related_name="count_order", primary_key=True)
    asked_by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("order to count")
        verbose_name_plural = _("orders to count")


class Count(models.Model):
    """One count of an envelope: the official one, by the rule published before the vote, or one under another rule.

    `steps` and `winners` are those of budget.counting.Result, amounts in cents; `figures` are what this site adds:
    {"voters", "channels": {channel: ballots}, "blank", "satisfied": voters with at least one winner}. Appended, never
    edited.
    """

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="counts")
    official = models.BooleanField(_("official"))
    rule = models.CharField(_("rule"), max_length=24, choices=Rule.choices)
    options = models.JSONField(default=dict)
    winners = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    notes = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    cost = models.BigIntegerField(_("cost (cents)"))
    # Of rule, options, winners and amounts (budget.counting.Result.hash), and of the published file of ballots.
    hash = models.CharField(max_length=64)
    ballots_hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(_("counted"), db_default=Now())

    class Meta:
        ordering = ["envelope", "-official", "pk"]
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        constraints = [
            models.UniqueConstraint(fields=["envelope"], condition=Q(official=True), name="count_official_once"),
            models.UniqueConstraint(
                fields=["envelope", "rule"], condition=Q(official=False), name="count_under_another_rule_once"
            ),
            models.CheckConstraint(condition=Q(cost__gte=0), name="count_cost_not_negative"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="after_closing",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                IF NOT EXISTS (SELECT FROM voting_closing AS closing
                               JOIN participatory_envelope AS envelope ON envelope.budget_id = closing.budget_id
                               WHERE envelope.id = NEW.envelope_id) THEN
                    RAISE EXCEPTION 'the vote is not closed' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    @property
    def left(self) -> int:
        """Cents of the envelope that nothing is spent on."""
        return self.envelope.amount - self.cost


class Source(models.Model):
    """Where the election of an envelope comes from that was held elsewhere: a Pabulib file, what it said of itself.

    `codes` are the ids of its projects by our reference; `selected` the organiser's own choice by those ids.
    """

    envelope = models.OneToOneField(Envelope, models.PROTECT, related_name="source", primary_key=True)
    file_name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, unique=True)
    meta = models.JSONField(default=dict)
    codes = models.JSONField(default=dict)
    selected = models.JSONField(default=dict)
    imported_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("origin of an election")
        verbose_name_plural = _("origins of elections")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
