"""The catalogue of problems, the reports, what residents add to them, and the agents' desk."""

from alerts.models.alert import (
    REFERENCE_ALPHABET,
    REFERENCE_LENGTH,
    Alert,
    AlertEvent,
    AlertPhoto,
    Priority,
    Source,
    new_reference,
    new_token,
)
from alerts.models.catalogue import Category, Question, ResponseTemplate, RoutingRule
from alerts.models.desk import Moderation, SavedFilter, ShortlistItem
from alerts.models.residents import Support, Verdict
from alerts.models.team import Team

__all__ = [
    "REFERENCE_ALPHABET",
    "REFERENCE_LENGTH",
    "Alert",
    "AlertEvent",
    "AlertPhoto",
    "Category",
    "Moderation",
    "Priority",
    "Question",
    "ResponseTemplate",
    "RoutingRule",
    "SavedFilter",
    "ShortlistItem",
    "Source",
    "Support",
    "Team",
    "Verdict",
    "new_reference",
    "new_token",
]
