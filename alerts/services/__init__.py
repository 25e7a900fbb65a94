"""Writes of alerts. Each is one transaction: the act, its step in the history and its activity, or nothing."""

from alerts.services.photos import MAX_PHOTOS, KeptPhoto, drop_drafts, drop_files, hold_photos, join_photos, keep_photo
from alerts.services.reports import (
    MAX_DESCRIPTION,
    Changed,
    MessageMissing,
    NotForUs,
    ServiceMissing,
    TooLate,
    activity_of,
    announce,
    apply,
    locked,
    report,
    step,
    where,
)
from alerts.services.retention import anonymise, erase
from alerts.services.supports import CLOSED, NotSupportable, leave, support, support_by
from alerts.services.updates import add_update, takes_news
from alerts.services.verdicts import Reopened, ask_again, judge

__all__ = [
    "CLOSED",
    "MAX_DESCRIPTION",
    "MAX_PHOTOS",
    "Changed",
    "KeptPhoto",
    "MessageMissing",
    "NotForUs",
    "NotSupportable",
    "Reopened",
    "ServiceMissing",
    "TooLate",
    "activity_of",
    "add_update",
    "announce",
    "anonymise",
    "apply",
    "ask_again",
    "drop_drafts",
    "drop_files",
    "erase",
    "hold_photos",
    "join_photos",
    "judge",
    "keep_photo",
    "leave",
    "locked",
    "report",
    "step",
    "support",
    "support_by",
    "takes_news",
    "where",
]
