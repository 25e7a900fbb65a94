"""Ballots while the vote is open, the chain that holds them, and what is counted after it (docs/adr/0007-the-vote.md).

None of these rows has a date or a number that grows: nothing in them says when somebody voted.
"""

import secrets

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from budget.participatory.models import Budget, Envelope
from budget.proposals.models import REFERENCE_ALPHABET

RECEIPT_LENGTH = 10

# Of the budget that `envelope` belongs to.
CLOSED = """EXISTS (SELECT FROM voting_closing AS closing
                    JOIN participatory_envelope AS envelope ON envelope.budget_id = closing.budget_id
                    WHERE envelope.id = {envelope})"""


def new_receipt() -> str:
    """Ten signs of thirty (49 bits), for people to copy: "7KQ2M-XB4TR"."""
    signs = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(RECEIPT_LENGTH))
    return f"{signs[:5]}-{signs[5:]}"


def new_salt() -> str:
    return secrets.token_hex(16)


class Channel(models.TextChoices):
    """How a ballot came. One cast with a code of a counter is as the others: who gave the code knows who it was.

    Unknown is only for votes that were held elsewhere and do not say.
    """

    INTERNET = "internet", _("on the site")
    PAPER = "paper", _("on paper")
    UNKNOWN = "unknown", _("in a way that the organiser did not publish")


class BallotKey(models.Model):
    """What turns voters into pseudonyms; sealed under SECRET_KEY, made when first needed, destroyed at closing."""

    budget = models.OneToOneField(Budget, models.PROTECT, related_name="ballot_key", primary_key=True)
    sealed = models.TextField()

    class Meta:
        verbose_name = _("key of the ballots")
        triggers = [
            pgtrigger.Trigger(
                name="none_after_closing",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                IF EXISTS (SELECT FROM voting_closing WHERE budget_id = NEW.budget_id) THEN
                    RAISE EXCEPTION 'the vote is closed: there is no key any more' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            )
        ]


class Ballot(models.Model):
    """What a pseudonym votes in an envelope, while the vote is open. Every change is written into the journal."""

    pseudonym = models.CharField(max_length=64, primary_key=True)
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="ballots")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    choices = models.TextField(_("choices"), blank=True)
    receipt = models.CharField(_("receipt"), max_length=RECEIPT_LENGTH + 1, unique=True, default=new_receipt)
    salt = models.CharField(max_length=32, default=new_salt)
    commitment = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        triggers = [
            # Paper is typed in after the booths have shut, until the vote is closed.
            pgtrigger.Trigger(
                name="while_open",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=f"""
                IF TG_OP = 'DELETE' THEN
                    IF {CLOSED.format(envelope="OLD.envelope_id")} THEN RETURN OLD; END IF;
                    RAISE EXCEPTION 'a ballot is not taken away' USING ERRCODE = 'check_violation';
                END IF;
                IF {CLOSED.format(envelope="NEW.envelope_id")} OR NOT EXISTS (
                    SELECT FROM participatory_phase AS phase
                    JOIN participatory_envelope AS envelope ON envelope.budget_id = phase.budget_id
                    WHERE envelope.id = NEW.envelope_id AND phase.kind = 'voting' AND phase.opens_at <= now()
                      AND (NEW.channel = 'paper' OR phase.closes_at > now())
                ) THEN
                    RAISE EXCEPTION 'the vote is not open' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="journal",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                func="""
                IF TG_OP = 'UPDATE' THEN
                    IF (OLD.commitment, OLD.envelope_id) = (NEW.commitment, NEW.envelope_id) THEN
                        RETURN NEW;
                    END IF;
                    DELETE FROM voting_unsealed WHERE commitment = OLD.commitment AND added;
                    IF NOT FOUND THEN
                        INSERT INTO voting_unsealed (envelope_id, commitment, added)
                        VALUES (OLD.envelope_id, OLD.commitment, false);
                    END IF;
                END IF;
                INSERT INTO voting_unsealed (envelope_id, commitment, added)
                VALUES (NEW.envelope_id, NEW.commitment, true);
                RETURN NEW;
                """,
            ),
        ]


class Cart(models.Model):
    """What somebody put together and has not cast, under a pseudonym of its own."""

    pseudonym = models.CharField(max_length=64, primary_key=True)
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="carts")
    choices = models.TextField(blank=True)

    class Meta:
        verbose_name = _("cart")


class Unsealed(models.Model):
    """The journal: commitments that came (or went) since the last link of their envelope's chain.

    What came and went since then is not in it, so that nobody closes a link alone by voting again and again.
    """

    id = models.UUIDField(primary_key=True, db_default=RandomUUID())
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="unsealed")
    commitment = models.CharField(max_length=64)
    added = models.BooleanField()

    class Meta:
        verbose_name = _("journal of ballots")
        indexes = [models.Index(fields=["commitment"], name="unsealed_commitment")]


class ChainLink(models.Model):
    """A batch of ballots that came and went, bound to all before it. Public, appended, never edited."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="links")
    n = models.PositiveIntegerField()
    ballots = models.PositiveIntegerField()
    added = ArrayField(models.CharField(max_length=64))
    removed = ArrayField(models.CharField(max_length=64))
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["envelope", "n"]
        verbose_name = _("link of the chain")
        constraints = [models.UniqueConstraint(fields=["envelope", "n"], name="chain_link_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class CountedBallot(models.Model):
    """A ballot as everybody reads it once the vote is closed: no person, no pseudonym, no order but the receipt's."""

    receipt = models.CharField(max_length=RECEIPT_LENGTH + 1, primary_key=True, default=new_receipt)
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="counted")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    choices = models.TextField(blank=True)
    salt = models.CharField(max_length=32, default=new_salt)

    class Meta:
        ordering = ["receipt"]
        verbose_name = _("counted ballot")
        verbose_name_plural = _("counted ballots")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="none_after_closing",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func="""
                IF EXISTS (SELECT FROM voting_closing AS closing
                           JOIN participatory_envelope AS envelope ON envelope.budget_id = closing.budget_id
                           WHERE envelope.id IN (SELECT DISTINCT envelope_id FROM new_rows)) THEN
                    RAISE EXCEPTION 'the vote is closed' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
                """,
            ),
        ]
